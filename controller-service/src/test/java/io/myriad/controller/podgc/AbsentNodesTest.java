package io.myriad.controller.podgc;

import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AbsentNodesTest {
    private final AbsentNodes nodes = new AbsentNodes(40);

    @Test
    void aNodeIsGoneOnlyAfterTheWholeQuarantine() {
        assertThat(nodes.update(Set.of("a"), node -> false, 0)).isEmpty();
        assertThat(nodes.update(Set.of("a"), node -> false, 39)).isEmpty();
        assertThat(nodes.update(Set.of("a"), node -> false, 40)).containsExactly("a");
    }

    @Test
    void aNodeThatComesBackStartsAnew() {
        nodes.update(Set.of("a"), node -> false, 0);
        assertThat(nodes.update(Set.of("a"), node -> true, 30)).isEmpty();
        assertThat(nodes.update(Set.of("a"), node -> false, 50)).isEmpty();
        assertThat(nodes.update(Set.of("a"), node -> false, 90)).containsExactly("a");
    }
}
