package io.myriad.allinone;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.myriad.allinone.Arguments.Section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class ArgumentsTest {

    @Test
    void readsSectionsInOrder() throws Exception {
        Arguments arguments = Arguments
                .parse("generation 3\n[store]\n--data-dir=/a b/[c]\n\n[hollow-nodes restart 2]\n--nodes=3\n--x\n");

        assertThat(arguments.generation()).isEqualTo(3);
        assertThat(arguments.sections()).containsExactlyInAnyOrderEntriesOf(
                java.util.Map.of("store", new Section(0, List.of("--data-dir=/a b/[c]")), "hollow-nodes",
                        new Section(2, List.of("--nodes=3", "--x"))));
        assertThat(arguments.sections().keySet()).containsExactly("store", "hollow-nodes");
    }

    @Test
    void namesTheLineThatItDoesNotUnderstand() {
        assertComplaint("[store]", "line 1: expected 'generation N', not '[store]'");
        assertComplaint("generation x", "line 1: expected 'generation N', not 'generation x'");
        assertComplaint("generation 1\n--a", "line 2: expected '[service]' or '--flag', not '--a'");
        assertComplaint("generation 1\n[store]\nfoo", "line 3: expected '[service]' or '--flag', not 'foo'");
        assertComplaint("generation 1\n[store]\n[store]", "line 3: section [store] is there twice");
    }

    private static void assertComplaint(String text, String complaint) {
        assertThatExceptionOfType(ServiceStartException.class).isThrownBy(() -> Arguments.parse(text))
                .withMessage("arguments, " + complaint);
    }
}
