package io.myriad.apiserver;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import io.myriad.apiserver.http.HealthChecks;
import io.myriad.apiserver.http.HealthChecks.Where;

/** Where the server stands between start and stop, as its health checks tell it. */
final class Readiness {
    private static final List<String> BOOTSTRAP_HOOKS = List.of("poststarthook/start-system-namespaces-controller",
            "poststarthook/rbac/bootstrap-roles", "poststarthook/scheduling/bootstrap-system-priority-classes",
            "poststarthook/bootstrap-controller", "poststarthook/start-kubernetes-service-cidr-controller",
            "poststarthook/apiservice-registration-controller",
            "poststarthook/priority-and-fairness-config-producer");

    private final CompletableFuture<Void> bootstrapped = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** @param storeAnswers whether the store can be read */
    HealthChecks checks(BooleanSupplier storeAnswers) {
        List<String> names = new java.util.ArrayList<>(List.of("ping", "log", "etcd", "etcd-readiness",
                "informer-sync"));
        names.addAll(BOOTSTRAP_HOOKS);
        names.add("shutdown");
        HealthChecks checks = new HealthChecks(names).set("ping", Where.EVERYWHERE, () -> true)
                .set("log", Where.EVERYWHERE, () -> true).set("etcd", Where.EVERYWHERE, storeAnswers)
                .set("etcd-readiness", Where.ONLY_READY, storeAnswers)
                .set("informer-sync", Where.ONLY_READY, bootstrapped::isDone)
                .set("shutdown", Where.ONLY_READY, () -> !stopping.get());
        BOOTSTRAP_HOOKS.forEach(name -> checks.set(name, Where.EVERYWHERE, bootstrapped::isDone));
        return checks;
    }

    void started() {
        bootstrapped.complete(null);
    }

    /** Done once all is there to serve. */
    Future<Void> whenStarted() {
        return bootstrapped;
    }

    void stopping() {
        stopping.set(true);
    }

    boolean isReady() { return bootstrapped.isDone() && !stopping.get(); }
}
