package io.myriad.hollow;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.myriad.hollow", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    @ArchTest
    static final ArchRule PURE = noClasses().that().resideInAPackage("..core..").should().dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "io.micrometer..", "java.net..", "io.myriad.control..");
}
