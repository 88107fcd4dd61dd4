package io.myriad.hollow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CallGateTest {
    @Test
    void letsOnlySoManyCallsThroughAtATime() {
        CallGate gate = new CallGate(2, 3);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            gate.call(() -> {
                CompletableFuture<String> call = new CompletableFuture<>();
                calls.add(call);
                return call;
            });
        }
        assertThat(calls).hasSize(2);
        assertThat(gate.waiting()).isEqualTo(3);
        assertThat(gate.dropped()).isOne();
        calls.get(1).complete("done");
        calls.get(0).completeExceptionally(new IllegalStateException("failed"));
        assertThat(calls).hasSize(4);
        List.copyOf(calls).forEach(call -> call.complete("done"));
        assertThat(calls).hasSize(5);
        calls.getLast().complete("done");
        assertThat(gate.calls()).isZero();
    }

    @Test
    void findsAnObjectsVersionWithoutDecodingIt() {
        byte[] lease = "{\"kind\":\"Lease\",\"metadata\":{\"name\":\"n\",\"resourceVersion\":\"1234\"},\"spec\":{}}"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(ApiNodeWriter.resourceVersion(lease)).isEqualTo("1234");
        assertThat(ApiNodeWriter.resourceVersion(new byte[0])).isEmpty();
    }
}
