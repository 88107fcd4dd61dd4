package io.myriad.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** What this module may know. */
@AnalyzeClasses(packages = "io.myriad.api", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule KNOWS_JACKSON_YAML_AND_PATTERNS_ALONE = classes().should().onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.myriad.api..", "java..", "tools.jackson..", "org.yaml.snakeyaml..", "com.google.re2j..",
                    "org.jspecify.annotations..");

    /** An address may be read, but nothing be reached by it. */
    @ArchTest
    static final ArchRule NO_FILES_NO_NETWORK_NO_THREADS = noClasses().should()
            .dependOnClassesThat(JavaClass.Predicates
                    .resideInAnyPackage("java.nio.file..", "java.net..", "java.nio.channels..", "javax.net..",
                            "java.util.concurrent")
                    .and(DescribedPredicate.not(JavaClass.Predicates.belongToAnyOf(URI.class,
                            URISyntaxException.class))));

    @ArchTest
    static final ArchRule NO_CLOCK_AND_NO_HIDDEN_RANDOMNESS = noClasses().should().callMethod(System.class, "nanoTime")
            .orShould().callMethod(System.class, "currentTimeMillis").orShould().callMethod(Math.class, "random")
            .orShould().callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule TESTING_IS_FOR_TESTS = noClasses().that().resideOutsideOfPackage("io.myriad.api.testing..")
            .should().dependOnClassesThat().resideInAPackage("io.myriad.api.testing..");

    @ArchTest
    static final ArchRule PACKAGES_ARE_LAYERED = slices().matching("io.myriad.api.(*)..").should().beFreeOfCycles();
}
