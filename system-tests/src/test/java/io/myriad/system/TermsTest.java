package io.myriad.system;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.myriad.system.Terms.Write;

import static org.assertj.core.api.Assertions.assertThat;

class TermsTest {
    private final Terms terms = new Terms("a");

    TermsTest() {
        terms.seen(10, "a"); // renewed
        terms.seen(20, ""); // released
        terms.seen(30, "b");
        terms.seen(40, "c"); // expired, and taken over
    }

    @Test
    void writesWithinTheirWritersTermsAreFine() {
        assertThat(terms.outside(List.of(new Write(5, "a", ""), new Write(15, "a", ""), new Write(31, "b", ""),
                new Write(39, "b", ""), new Write(99, "c", ""), new Write(35, "", "by somebody")))).isEmpty();
    }

    @Test
    void whateverIsWrittenOutsideIsFound() {
        List<Write> wrong = List.of(new Write(21, "a", "after its release"), new Write(35, "a", "in the next term"),
                new Write(29, "b", "before it led"), new Write(41, "b", "after it lost the lease"),
                new Write(35, "c", "in the term before"), new Write(15, "d", "by somebody who never led"),
                new Write(25, "", "by somebody while nobody led"));
        assertThat(terms.outside(wrong)).isEqualTo(wrong);
    }
}
