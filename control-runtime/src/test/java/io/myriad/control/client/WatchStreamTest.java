package io.myriad.control.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.myriad.api.StatusException;

import static org.assertj.core.api.Assertions.assertThat;

/** A stream that gives up says why, whatever the cancelled connection says. */
class WatchStreamTest {
    private static final String GONE = """
            {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","reason":"Expired","message":"too old","code":410}}
            """;

    private final CompletableFuture<@Nullable Throwable> closed = new CompletableFuture<>();
    private final WatchStream stream = new WatchStream(new WatchListener() {
        @Override
        public void event(EventType type, ApiObject object) {
            throw new IllegalStateException("not wanted");
        }

        @Override
        public void closed(@Nullable Throwable why) {
            closed.complete(why);
        }
    }, false, System::nanoTime);

    /** As the JDK's client does it over HTTP/2: to cancel is to fail the response. */
    private final Flow.Subscription subscription = new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {
            stream.onError(new IOException("Stream 43 cancelled"));
        }
    };

    @Test
    void theServersErrorIsItsFault() {
        receive(GONE);
        assertThat(stream.fault()).isInstanceOfSatisfying(StatusException.class,
                refused -> assertThat(refused.status().code()).isEqualTo(410));
        assertThat(stream.getBody().toCompletableFuture()).failsWithin(java.time.Duration.ZERO)
                .withThrowableThat().withCause(stream.fault());
    }

    @Test
    void whatCannotBeReadIsItsFault() {
        receive("{\"type\":\"ADDED\"\n");
        assertThat(stream.fault()).isNotNull();
    }

    @Test
    void theListenersFailureIsItsFault() {
        receive("{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}}\n");
        assertThat(stream.fault()).hasMessage("not wanted");
    }

    @Test
    void aBrokenConnectionIsNot() {
        stream.onSubscribe(subscription);
        stream.onError(new IOException("reset"));
        assertThat(stream.fault()).isNull();
    }

    private void receive(String text) {
        stream.onSubscribe(subscription);
        stream.onNext(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }
}
