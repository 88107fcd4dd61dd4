package io.myriad.scheduler;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.myriad.scheduler", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    @ArchTest
    static final ArchRule PURE = noClasses().that().resideInAnyPackage("..model..", "..core..", "..queue..", "..loop..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "io.micrometer..", "java.net..", "io.myriad.control..");
    @ArchTest
    static final ArchRule MODEL_KNOWS_NOBODY = noClasses().that().resideInAPackage("..model..").should()
            .dependOnClassesThat()
            .resideInAnyPackage("..scheduler.core..", "..scheduler.queue..", "..scheduler.loop..");
    @ArchTest
    static final ArchRule CORE_KNOWS_NO_QUEUE = noClasses().that().resideInAPackage("..core..").should()
            .dependOnClassesThat().resideInAnyPackage("..scheduler.queue..", "..scheduler.loop..");
}
