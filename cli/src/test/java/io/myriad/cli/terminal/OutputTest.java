package io.myriad.cli.terminal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class OutputTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void alignsColumns() {
        TextTable table = new TextTable("NAME", "AGE");
        table.row("a-long-name", "1s");
        table.row("b", "");

        assertThat(table).hasToString("NAME          AGE\na-long-name   1s\nb\n");
    }

    @Test
    void writesJsonInTheGivenOrder() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("name", "a \"quoted\"\n\\ \u0001 ✓");
        value.put("count", 3);
        value.put("list", List.of(true, List.of(), Map.of()));

        assertThat(Json.of(value)).isEqualTo("""
                {
                  "name": "a \\"quoted\\"\\n\\\\ \\u0001 ✓",
                  "count": 3,
                  "list": [
                    true,
                    [],
                    {}
                  ]
                }""");
    }

    @Test
    void showsPlainStepsWhereThereIsNoTerminal() throws Exception {
        Progress progress = new Progress(terminal(false, false));

        int counted = progress.step("Counting", step -> 3);
        assertThat(counted).isEqualTo(3);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> progress.step("Failing", step -> {
            throw new IOException("no");
        }));

        assertThat(text().replaceAll("[0-9.]+s", "Ns"))
                .isEqualTo(" • Counting ...\n ✓ Counting (Ns)\n • Failing ...\n ✗ Failing (Ns)\n");
    }

    @Test
    void coloursTheMarksOnATerminalUnlessAskedNotTo() throws Exception {
        new Progress(terminal(true, true)).step("Counting", step -> 3);
        assertThat(text()).contains("\u001b[32m✓\u001b[0m Counting");

        written.reset();
        new Progress(terminal(true, false)).step("Counting", step -> 3);
        assertThat(text()).contains("✓ Counting").doesNotContain("\u001b[32m");
    }

    @Test
    void respectsNoColor() {
        assertThat(Terminal.ofProcess(Map.of("NO_COLOR", "1")).colored()).isFalse();
    }

    private Terminal terminal(boolean interactive, boolean colored) {
        PrintStream stream = new PrintStream(written, true, UTF_8);
        return new Terminal(stream, stream, interactive, colored);
    }

    private String text() {
        return written.toString(UTF_8);
    }
}
