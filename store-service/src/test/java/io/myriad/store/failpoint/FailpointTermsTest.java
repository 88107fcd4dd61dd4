package io.myriad.store.failpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.store.failpoint.FailpointTerms.Action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class FailpointTermsTest {

    private static FailpointTerms parse(String text) {
        return FailpointTerms.parse(text, () -> 0.5);
    }

    private static Action sleep(long amount, TimeUnit unit) {
        return new Action.Sleep(unit.toNanos(amount));
    }

    @Test
    void oneAction() {
        assertThat(parse("panic").next()).isEqualTo(new Action.Panic());
        assertThat(parse("panic(\"why\")").next()).isEqualTo(new Action.Panic());
        assertThat(parse("return").next()).isEqualTo(new Action.Return());
        assertThat(parse("return(true)").next()).isEqualTo(new Action.Return());
        assertThat(parse("off").next()).isEqualTo(new Action.Off());
        assertThat(parse("print").next()).isEqualTo(new Action.Print());
        assertThat(parse("sleep(150)").next()).isEqualTo(sleep(150, TimeUnit.MILLISECONDS));
        assertThat(parse("sleep(\"100ms\")").next()).isEqualTo(sleep(100, TimeUnit.MILLISECONDS));
        assertThat(parse("sleep(\"1s\")").next()).isEqualTo(sleep(1, TimeUnit.SECONDS));
        assertThat(parse("sleep(\"1m1.5s\")").next()).isEqualTo(sleep(61_500, TimeUnit.MILLISECONDS));
    }

    @Test
    void countsAndChains() {
        FailpointTerms terms = parse("2*sleep(1)->1*return->off");
        List<@Nullable Action> done = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            done.add(terms.next());
        }
        assertThat(done).containsExactly(sleep(1, TimeUnit.MILLISECONDS), sleep(1, TimeUnit.MILLISECONDS),
                new Action.Return(), new Action.Off());
        assertThat(terms.count()).isEqualTo(4);
        FailpointTerms once = parse("1*panic");
        assertThat(once.next()).isEqualTo(new Action.Panic());
        assertThat(once.next()).isNull();
        assertThat(once.count()).isEqualTo(1);
    }

    @Test
    void probabilities() {
        assertThat(parse("50%panic").next()).isEqualTo(new Action.Panic());
        assertThat(parse("50.0%1*panic").next()).isEqualTo(new Action.Panic());
        assertThat(parse("49.9%panic").next()).isNull();
        assertThat(parse("49.9%panic->return").next()).isEqualTo(new Action.Return());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "panik", "panic->", "->panic", "panic panic", "sleep", "sleep()", "sleep(\"\")",
            "sleep(\"1\")", "sleep(\"1 s\")", "sleep(true)", "3panic", "1.5*panic", "return(", "return(x)", "break",
            "panic->-1*off"})
    void refused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("could not parse");
    }
}
