package io.myriad.control.serving;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.certificates.CertificateAuthority;
import io.myriad.control.client.TransportException;
import io.myriad.control.serving.MetricsReaders.Answer;

import static org.assertj.core.api.Assertions.assertThat;

class MetricsReadersTest {
    private final List<ObjectNode> asked = new ArrayList<>();
    private long now;
    private boolean down;
    private final MetricsReaders readers = new MetricsReaders(this::review, () -> now);

    /** Knows the token {@code good}, and allows what the group {@code system:monitoring} asks for. */
    private ObjectNode review(GroupVersionResource resource, ObjectNode review) {
        if (down) {
            throw new TransportException("connection refused", false, null);
        }
        asked.add(review);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ObjectNode status = answer.putObject("status");
        if (resource.resource().equals("tokenreviews")) {
            if (review.path("spec").path("token").asString().equals("good")) {
                status.put("authenticated", true).putObject("user").put("username", "prometheus").putArray("groups")
                        .add("system:monitoring");
            }
        } else {
            status.put("allowed", review.path("spec").path("groups").toString().contains("\"system:monitoring\""));
        }
        return answer;
    }

    @Test
    void asksForTheUserOfACertificate() {
        CertificateAuthority authority = CertificateAuthority.create("test", Clock.systemUTC());
        assertThat(readers.mayRead(authority.issueClient("prometheus", List.of("system:monitoring")).certificate(),
                null)).isEqualTo(Answer.YES);
        assertThat(asked.getFirst().path("spec").path("user").asString()).isEqualTo("prometheus");
        assertThat(asked.getFirst().path("spec").path("nonResourceAttributes").path("path").asString())
                .isEqualTo("/metrics");
        assertThat(readers.mayRead(authority.issueClient("other", List.of()).certificate(), null))
                .isEqualTo(Answer.NO);
    }

    @Test
    void asksWhoseATokenIs() {
        assertThat(readers.mayRead(null, "good")).isEqualTo(Answer.YES);
        assertThat(readers.mayRead(null, "bad")).isEqualTo(Answer.UNKNOWN_CLIENT);
        assertThat(readers.mayRead(null, null)).isEqualTo(Answer.UNKNOWN_CLIENT);
    }

    @Test
    void asksAgainAfterTenSeconds() {
        readers.mayRead(null, "good");
        int reviews = asked.size();
        now += TimeUnit.SECONDS.toNanos(9);
        assertThat(readers.mayRead(null, "good")).isEqualTo(Answer.YES);
        assertThat(asked).hasSize(reviews);
        now += TimeUnit.SECONDS.toNanos(2);
        readers.mayRead(null, "good");
        assertThat(asked).hasSizeGreaterThan(reviews);
    }

    @Test
    void whatWasAnsweredHoldsWhileNobodyAnswers() {
        readers.mayRead(null, "good");
        readers.mayRead(null, "bad");
        down = true;
        now += TimeUnit.MINUTES.toNanos(5);
        assertThat(readers.mayRead(null, "good")).isEqualTo(Answer.YES);
        assertThat(readers.mayRead(null, "bad")).isEqualTo(Answer.UNKNOWN_CLIENT);
        assertThat(readers.mayRead(null, "new")).isEqualTo(Answer.NOT_ANSWERED);
    }
}
