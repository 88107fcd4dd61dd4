package io.myriad.apiserver.authorization;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.Authorizer.Decision;

import static org.assertj.core.api.Assertions.assertThat;

/** A refusal counts only when the server knows its roles. */
class StartingAuthorizerTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Authorizer.Attributes REQUEST = new Authorizer.Attributes(User.ANONYMOUS, "get", "", "", "v1",
            "pods", "", "", "", "");

    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile boolean knows;

    private final Authorizer roles = new Authorizer() {
        @Override
        public Decision authorize(Attributes attributes) {
            asked.countDown();
            return new Decision(knows, knows ? "a role" : "", "");
        }

        @Override
        public List<Rule> rulesFor(User user, String namespace) {
            asked.countDown();
            return knows ? List.of(new Rule(List.of("get"), List.of(), List.of(), List.of(), List.of())) : List.of();
        }
    };

    @Test
    void whoIsAllowedDoesNotWait() {
        knows = true;
        assertThat(new StartingAuthorizer(roles, ready, LONG).authorize(REQUEST).allowed()).isTrue();
    }

    @Test
    void whoWouldBeRefusedIsAskedAboutAgainWhenTheServerIsReady() throws Exception {
        CompletableFuture<Decision> decision = CompletableFuture
                .supplyAsync(() -> new StartingAuthorizer(roles, ready, LONG).authorize(REQUEST));
        asked.await();
        assertThat(decision).isNotDone();
        knows = true;
        ready.complete(null);
        assertThat(decision.get().allowed()).isTrue();
    }

    @Test
    void onceReadyARefusalStandsAtOnce() {
        ready.complete(null);
        assertThat(new StartingAuthorizer(roles, ready, LONG).authorize(REQUEST).allowed()).isFalse();
    }

    @Test
    void whoHasWaitedLongEnoughIsRefused() {
        assertThat(new StartingAuthorizer(roles, ready, Duration.ofNanos(1)).authorize(REQUEST).allowed()).isFalse();
    }

    @Test
    void aListOfRulesIsMadeWhenTheyAreKnown() throws Exception {
        CompletableFuture<List<Authorizer.Rule>> rules = CompletableFuture
                .supplyAsync(() -> new StartingAuthorizer(roles, ready, LONG).rulesFor(User.ANONYMOUS, "default"));
        knows = true;
        ready.complete(null);
        assertThat(rules.get()).hasSize(1);
    }
}
