package io.myriad.store;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Which package may know which. */
@AnalyzeClasses(packages = "io.myriad.store", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule KEYS_KNOW_NOTHING_BUT_THE_WIRE = noClasses().that().resideInAPackage("io.myriad.store.mvcc")
            .should().dependOnClassesThat()
            .resideInAnyPackage("io.myriad.store", "io.myriad.store.lease", "io.myriad.store.raft",
                    "io.myriad.store.state", "io.myriad.store.server",
                    "org.springframework..", "io.grpc..", "io.netty..", "com.alipay..");

    @ArchTest
    static final ArchRule STATE_IS_DETERMINISTIC = noClasses().that()
            .resideInAnyPackage("io.myriad.store.state", "io.myriad.store.lease").should()
            .dependOnClassesThat().resideInAnyPackage("io.myriad.store.raft", "io.myriad.store.server",
                    "org.springframework..", "io.grpc..", "io.netty..",
                    "com.alipay..", "java.time..");

    @ArchTest
    static final ArchRule ONLY_THE_LOG_KNOWS_JRAFT = noClasses().that().resideOutsideOfPackage("io.myriad.store.raft")
            .should().dependOnClassesThat()
            .resideInAPackage("com.alipay..");

    @ArchTest
    static final ArchRule ONLY_THE_PROCESS_KNOWS_SPRING = noClasses().that().resideOutsideOfPackage("io.myriad.store")
            .should().dependOnClassesThat()
            .resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule PAGES_KNOW_NOTHING_OF_THE_STORE = noClasses().that().resideInAPackage("io.myriad.store.page")
            .should().dependOnClassesThat()
            .resideInAnyPackage("io.myriad.store", "io.myriad.store.mvcc", "io.myriad.store.lease",
                    "io.myriad.store.raft", "io.myriad.store.state", "io.myriad.store.server", "io.myriad.store.wire",
                    "org.springframework..", "io.grpc..", "io.netty..", "com.alipay..");

    @ArchTest
    static final ArchRule BOLT_KNOWS_NOTHING_OF_THE_STORE = noClasses().that().resideInAPackage("io.myriad.store.bolt")
            .should().dependOnClassesThat()
            .resideInAnyPackage("io.myriad.store", "io.myriad.store.mvcc", "io.myriad.store.lease",
                    "io.myriad.store.raft", "io.myriad.store.state", "io.myriad.store.server", "io.myriad.store.wire",
                    "io.myriad.store.page", "org.springframework..", "io.grpc..", "io.netty..", "com.alipay..");

    @ArchTest
    static final ArchRule FAILPOINTS_KNOW_NOTHING_OF_THE_STORE = noClasses().that()
            .resideInAPackage("io.myriad.store.failpoint").should().dependOnClassesThat()
            .resideInAnyPackage("io.myriad.store", "io.myriad.store.mvcc", "io.myriad.store.lease",
                    "io.myriad.store.raft", "io.myriad.store.state", "io.myriad.store.server", "io.myriad.store.wire",
                    "io.myriad.store.page", "io.myriad.store.bolt", "org.springframework..", "io.grpc..", "io.netty..",
                    "com.alipay..");

    @ArchTest
    static final ArchRule VALUES_KNOW_NOTHING_OF_THE_STORE = noClasses().that()
            .resideInAPackage("io.myriad.store.value").should().dependOnClassesThat()
            .resideInAnyPackage("io.myriad.store", "io.myriad.store.mvcc", "io.myriad.store.lease",
                    "io.myriad.store.raft", "io.myriad.store.state", "io.myriad.store.server", "io.myriad.store.wire",
                    "io.myriad.store.page", "io.myriad.store.bolt", "org.springframework..", "io.grpc..", "io.netty..",
                    "com.alipay..");

    @ArchTest
    static final ArchRule ONLY_VALUES_KNOW_REDIS = noClasses().that()
            .resideOutsideOfPackage("io.myriad.store.value").should().dependOnClassesThat()
            .resideInAPackage("io.lettuce..");

    @ArchTest
    static final ArchRule ONLY_THE_STATE_KNOWS_BOLT = noClasses().that()
            .resideOutsideOfPackages("io.myriad.store.state", "io.myriad.store.bolt").should().dependOnClassesThat()
            .resideInAPackage("io.myriad.store.bolt");
}
