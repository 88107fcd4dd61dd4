package io.myriad.control;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.myriad.control");

    @Test
    void knowsNoSpring() {
        noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..").check(classes);
    }

    @Test
    void theClientKnowsNothingOfWhatIsBuiltOnIt() {
        noClasses().that().resideInAPackage("io.myriad.control.client..").should().dependOnClassesThat()
                .resideInAnyPackage("io.myriad.control.informer..", "io.myriad.control.queue..",
                        "io.myriad.control.election..", "io.myriad.control.events..")
                .check(classes);
    }
}
