package io.myriad.allinone;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class LineLayoutTest {
    private final LineLayout layout = new LineLayout();

    @Test
    void writesOneLinePerEvent() {
        assertThat(line("io.myriad.store.raft.Log", "two\nlines", null))
                .isEqualTo("2026-11-24T10:00:00.005Z WARN  store        Log: two\n\tlines\n");
    }

    @Test
    void indentsWhatAnExceptionAdds() {
        assertThat(line("io.myriad.hollow.Kubelet", "failed", new IllegalStateException("why")).lines())
                .startsWith("2026-11-24T10:00:00.005Z WARN  hollow-nodes Kubelet: failed",
                        "\tjava.lang.IllegalStateException: why")
                .allMatch(text -> text.startsWith("\t") || text.startsWith("2026-"));
    }

    @Test
    void namesTheServiceThatALibraryWorksFor() {
        String line = CompletableFuture.supplyAsync(() -> {
            ServiceName.set("scheduler");
            return CompletableFuture
                    .supplyAsync(() -> line("io.netty.Channel", "x", null), task -> Thread.startVirtualThread(task))
                    .join();
        }, task -> new Thread(task).start()).join();

        assertThat(line).startsWith("2026-11-24T10:00:00.005Z WARN  scheduler    Channel: x");
        assertThat(line("io.netty.Channel", "x", null)).contains(" WARN  -            Channel: x");
    }

    private String line(String logger, String message, @Nullable Throwable failure) {
        LoggerContext context = new LoggerContext();
        LoggingEvent event = new LoggingEvent("", context.getLogger(logger), Level.WARN, message, failure, null);
        event.setInstant(Instant.parse("2026-11-24T10:00:00.005Z"));
        return layout.doLayout(event);
    }
}
