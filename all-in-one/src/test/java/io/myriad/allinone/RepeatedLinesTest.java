package io.myriad.allinone;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class RepeatedLinesTest {
    private final AtomicLong now = new AtomicLong();
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final Logger library = context.getLogger("com.example.Replicator");

    @BeforeEach
    void configure() {
        written.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(written);
        context.addTurboFilter(new RepeatedLines(now::get));
    }

    private List<String> lines() {
        return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aLibrarysMessageIsWrittenAFewTimesWhateverItsValues() {
        for (int i = 0; i < 100; i++) {
            library.error("no connection to {}", i);
        }
        library.error("another message");

        assertThat(lines()).containsExactly("no connection to 0", "no connection to 1", "no connection to 2",
                "another message");
    }

    @Test
    void whatWasLeftOutIsCountedWithTheNextLine() {
        for (int i = 0; i < 100; i++) {
            library.error("no connection to {}", i);
        }
        now.addAndGet(TimeUnit.SECONDS.toNanos(RepeatedLines.WINDOW_SECONDS));
        library.error("no connection to {}", 100);

        assertThat(lines()).endsWith("97 more lines like the next one were left out", "no connection to 100");
    }

    @Test
    void whatTheServicesSayIsAllWritten() {
        Logger own = context.getLogger("io.myriad.store.StoreService");
        for (int i = 0; i < 100; i++) {
            own.warn("line");
        }

        assertThat(lines()).hasSize(100);
    }

    @Test
    void levelsThatAreOffStayOff() {
        library.info("nothing");

        assertThat(lines()).isEmpty();
    }
}
