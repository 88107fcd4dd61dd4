package io.myriad.controller.garbagecollector;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.controller.garbagecollector.Verdict.Delete;
import io.myriad.controller.garbagecollector.Verdict.DropOwners;
import io.myriad.controller.garbagecollector.Verdict.Keep;
import io.myriad.controller.garbagecollector.Verdict.OwnerState;

import static io.myriad.controller.garbagecollector.GraphTest.item;
import static io.myriad.controller.garbagecollector.GraphTest.ref;
import static io.myriad.controller.garbagecollector.GraphTest.with;
import static io.myriad.controller.garbagecollector.Verdict.OwnerState.ABSENT;
import static io.myriad.controller.garbagecollector.Verdict.OwnerState.SOLID;
import static io.myriad.controller.garbagecollector.Verdict.OwnerState.UNKNOWN;
import static io.myriad.controller.garbagecollector.Verdict.OwnerState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class VerdictTest {
    private static final Item ONE = item("x", ref("a", true));
    private static final Item TWO = item("x", ref("a", true), ref("b", true));
    private static final List<Item> NONE = List.of();
    private static final List<Item> SOME = List.of(item("d", ref("x", true)));
    private static final List<Item> CIRCLE = List.of(with(item("d", ref("x", true)), true, true, false));

    static Stream<Arguments> cases() {
        return Stream.of(
                arguments("nobody owns it", item("x"), List.of(), SOME, new Keep()),
                arguments("its owner is there", ONE, List.of(SOLID), NONE, new Keep()),
                arguments("its owner's kind is unknown", ONE, List.of(UNKNOWN), NONE, new Keep()),
                arguments("its owner is gone", ONE, List.of(ABSENT), SOME, new Delete("Background", false)),
                arguments("both are gone", TWO, List.of(ABSENT, ABSENT), NONE, new Delete("Background", false)),
                arguments("one of two is gone", TWO, List.of(ABSENT, SOLID), NONE, new DropOwners(List.of("a"))),
                arguments("one of two waits", TWO, List.of(SOLID, WAITING), SOME, new DropOwners(List.of("b"))),
                arguments("its owner waits", ONE, List.of(WAITING), NONE, new Delete("Background", false)),
                arguments("its owner waits, it has dependents", ONE, List.of(WAITING), SOME,
                        new Delete("Foreground", false)),
                arguments("its owner waits and is its dependent", ONE, List.of(WAITING), CIRCLE,
                        new Delete("Foreground", true)),
                arguments("it was told to orphan", with(ONE, false, false, true), List.of(ABSENT), SOME,
                        new Delete("Orphan", false)),
                arguments("it was told to wait", with(ONE, false, true, false), List.of(ABSENT), SOME,
                        new Delete("Foreground", false)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void verdict(String what, Item item, List<OwnerState> owners, List<Item> dependents, Verdict expected) {
        List<OwnerReference> references = item.owners();
        assertThat(references).hasSameSizeAs(owners);
        assertThat(Verdict.of(item, owners, dependents)).isEqualTo(expected);
    }
}
