package io.myriad.controller.deployment;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides the next step of a Deployment: which ReplicaSet to create, which to grow, shrink or delete, and what the status
 * says. Pure; one object per decision.
 *
 * <p>A rollout goes in small steps, each within the limits: at most {@code replicas + maxSurge} pods in all, at least
 * {@code replicas - maxUnavailable} available. Example with 10 replicas, surge 3, unavailable 2: new 0→3, old 10→8; as
 * three new ones become available old 8→5, new 3→6, and so on. After each step the ReplicaSets' events bring the
 * Deployment back. The rules are upstream's, so that a Deployment passes through the same states under either controller.
 */
final class Rollout {
    /** A ReplicaSet to create, or a change to one that is there. */
    record Change(@Nullable ReplicaSetView replicaSet, int replicas, int minReadySeconds,
            Map<String, String> annotations) {}

    /**
     * The decision.
     *
     * @param creation the ReplicaSet to create for the current template, or null
     * @param changes what to change about ReplicaSets
     * @param deletions ReplicaSets that history no longer needs
     * @param status the status to write
     * @param revision the Deployment's revision annotation
     * @param requeueMillis when to look again even if nothing happens; 0 for never
     */
    record Decision(@Nullable Change creation, List<Change> changes, List<ReplicaSetView> deletions, ObjectNode status,
            @Nullable String revision, long requeueMillis) {}

    /** A ReplicaSet as it shall be. */
    private static final class Draft {
        final @Nullable ReplicaSetView known;
        final Map<String, String> annotations;
        final Instant created;
        final String name;
        int replicas;
        int minReadySeconds;

        Draft(ReplicaSetView known) {
            this.known = known;
            this.annotations = new HashMap<>(known.annotations());
            this.created = known.created();
            this.name = known.name();
            this.replicas = known.replicas();
            this.minReadySeconds = known.minReadySeconds();
        }

        Draft(Instant now, int minReadySeconds) {
            this.known = null;
            this.annotations = new HashMap<>();
            this.created = now;
            this.name = "";
            this.minReadySeconds = minReadySeconds;
        }

        int available() {
            return known == null ? 0 : known.status().available();
        }

        @Nullable
        Change change() {
            ReplicaSetView before = known;
            return before != null && before.replicas() == replicas && before.minReadySeconds() == minReadySeconds
                    && before.annotations().equals(annotations)
                            ? null
                            : new Change(before, replicas, minReadySeconds, annotations);
        }
    }

    private static final Comparator<Draft> BY_CREATION = Comparator.comparing((Draft draft) -> draft.created)
            .thenComparing(draft -> draft.name);

    private final DeploymentView deployment;
    private final Instant now;
    private final List<Draft> old = new ArrayList<>();
    private final List<ReplicaSetView> deletions = new ArrayList<>();
    private final RolloutStatus status;
    private @Nullable Draft current;
    private @Nullable String revision;

    private Rollout(DeploymentView deployment, List<ReplicaSetView> replicaSets, Instant now) {
        this.deployment = deployment;
        this.now = now;
        this.status = new RolloutStatus(deployment, now);
        for (ReplicaSetView one : replicaSets.stream().sorted(ReplicaSetView.BY_CREATION).toList()) {
            if (current == null && PodTemplates.equal(one.template(), deployment.template())) {
                current = new Draft(one);
            } else {
                old.add(new Draft(one));
            }
        }
    }

    /**
     * Decides.
     *
     * @param replicaSets the ReplicaSets it owns
     * @param running uids of the ReplicaSets that have pods which have not ended; looked at for the Recreate strategy
     */
    static Decision decide(DeploymentView deployment, List<ReplicaSetView> replicaSets, Set<String> running,
            Instant now) {
        return new Rollout(deployment, replicaSets, now).decide(running);
    }

    private Decision decide(Set<String> running) {
        adoptRevision();
        boolean rollingOut = false;
        if (!deployment.deleting()) {
            status.pausedOrResumed();
            if (deployment.paused()) {
                scale();
                deleteHistory();
            } else if (replicasWereChanged()) {
                scale();
            } else {
                rollingOut = true;
                if (deployment.rolling()) {
                    roll();
                } else {
                    recreate(running);
                }
            }
        }
        return decision(rollingOut);
    }

    private Decision decision(boolean rollingOut) {
        Draft newest = current;
        List<Draft> all = all();
        status.count(all.stream().map(draft -> new RolloutStatus.Counted(draft.known, draft.replicas)).toList(),
                newest == null ? null : newest.known);
        if (rollingOut) {
            status.progress(newest == null || newest.known == null ? "" : newest.name,
                    newest != null && newest.known == null);
            status.failures(newest == null ? null : newest.known,
                    all.stream().map(draft -> draft.known).filter(known -> known != null).toList());
        }
        Change creation = null;
        List<Change> changes = new ArrayList<>();
        for (Draft draft : all) {
            Change change = draft.change();
            if (change != null && change.replicaSet() == null) {
                creation = change;
            } else if (change != null) {
                changes.add(change);
            }
        }
        return new Decision(creation, changes, deletions, status.tree(), revision, status.requeueMillis());
    }

    private List<Draft> all() {
        List<Draft> all = new ArrayList<>(old);
        if (current != null) {
            all.add(current);
        }
        return all;
    }

    private static int replicas(List<Draft> drafts) {
        return drafts.stream().mapToInt(draft -> draft.replicas).sum();
    }

    // ---- revisions ------------------------------------------------------------------------------------------

    /** The ReplicaSet of the current template is always the newest revision, also when it is an old one come back. */
    private void adoptRevision() {
        Draft newest = current;
        if (newest == null) {
            revision = deployment.annotations().get(Annotations.REVISION);
            return;
        }
        Annotations.update(newest.annotations, deployment.annotations(), newRevision());
        newest.minReadySeconds = deployment.minReadySeconds();
        revision = newest.annotations.get(Annotations.REVISION);
        status.foundReplicaSet(newest.name);
    }

    private long newRevision() {
        return 1 + old.stream().mapToLong(draft -> draft.known == null ? 0 : draft.known.revision()).max().orElse(0);
    }

    private Draft create() {
        Draft created = new Draft(now, deployment.minReadySeconds());
        Annotations.update(created.annotations, deployment.annotations(), newRevision());
        Annotations.setReplicas(created.annotations, deployment.replicas(),
                deployment.replicas() + deployment.maxSurge());
        created.replicas = deployment.rolling() ? grown(created) : deployment.replicas();
        current = created;
        revision = created.annotations.get(Annotations.REVISION);
        return created;
    }

    // ---- scaling --------------------------------------------------------------------------------------------

    /** Whether {@code spec.replicas} has changed since the ReplicaSets were last scaled. */
    private boolean replicasWereChanged() {
        return all().stream().filter(draft -> draft.replicas > 0)
                .map(draft -> draft.annotations.get(Annotations.DESIRED_REPLICAS))
                .anyMatch(desired -> desired != null && isNumber(desired)
                        && Annotations.number(desired) != deployment.replicas());
    }

    private static boolean isNumber(String text) {
        return text.equals("0") || Annotations.number(text) > 0;
    }

    private void set(Draft draft, int replicas, boolean always) {
        if (always || draft.replicas != replicas) {
            draft.replicas = replicas;
            Annotations.setReplicas(draft.annotations, deployment.replicas(),
                    deployment.replicas() + deployment.maxSurge());
        }
    }

    private void scale() {
        Draft newest = current;
        List<Draft> active = new ArrayList<>(all().stream().filter(draft -> draft.replicas > 0).toList());
        if (active.size() <= 1) {
            Draft only = !active.isEmpty()
                    ? active.getFirst()
                    : newest != null ? newest : old.stream().max(BY_CREATION).orElse(null);
            if (only != null) {
                set(only, deployment.replicas(), false);
            }
            return;
        }
        if (newest != null && saturated(newest)) {
            old.forEach(draft -> set(draft, 0, false));
            return;
        }
        if (deployment.rolling()) {
            scaleInProportion(active);
        }
    }

    private boolean saturated(Draft newest) {
        return newest.replicas == deployment.replicas() && newest.available() == deployment.replicas()
                && Integer.toString(deployment.replicas()).equals(newest.annotations.get(Annotations.DESIRED_REPLICAS));
    }

    /** In the middle of a rollout every ReplicaSet gets its share of the change, what is left over the largest. */
    private void scaleInProportion(List<Draft> active) {
        int allowed = deployment.replicas() > 0 ? deployment.replicas() + deployment.maxSurge() : 0;
        int toAdd = allowed - replicas(active);
        Comparator<Draft> byAge = toAdd > 0 ? BY_CREATION.reversed() : BY_CREATION;
        active.sort(Comparator.<Draft>comparingInt(draft -> draft.replicas).reversed().thenComparing(byAge));
        int added = 0;
        int[] sizes = new int[active.size()];
        for (int i = 0; i < sizes.length; i++) {
            int share = toAdd == 0 || toAdd == added ? 0 : share(active.get(i));
            share = toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
            sizes[i] = active.get(i).replicas + share;
            added += share;
        }
        sizes[0] = Math.max(0, sizes[0] + toAdd - added);
        for (int i = 0; i < sizes.length; i++) {
            set(active.get(i), sizes[i], true);
        }
    }

    private int share(Draft draft) {
        if (deployment.replicas() == 0) {
            return -draft.replicas;
        }
        long before = Annotations.number(draft.annotations.get(Annotations.MAX_REPLICAS));
        if (before == 0) {
            before = deployment.status().path("replicas").asInt(0);
            if (before == 0) {
                return 0;
            }
        }
        double size = (double) draft.replicas * (deployment.replicas() + deployment.maxSurge()) / before;
        return (int) Math.round(size) - draft.replicas;
    }

    // ---- strategies -----------------------------------------------------------------------------------------

    private void roll() {
        Draft newest = current == null ? create() : current;
        int wanted = newest.replicas > deployment.replicas() ? deployment.replicas() : grown(newest);
        if (newest.known != null && newest.replicas != wanted) {
            set(newest, wanted, false);
            return;
        }
        if (!shrinkOld(newest) && deployment.complete(deployment.status())) {
            deleteHistory();
        }
    }

    /** How large the newest ReplicaSet may be now. */
    private int grown(Draft newest) {
        int total = replicas(all());
        int max = deployment.replicas() + deployment.maxSurge();
        if (total >= max) {
            return newest.replicas;
        }
        return newest.replicas + Math.min(max - total, deployment.replicas() - newest.replicas);
    }

    private boolean shrinkOld(Draft newest) {
        if (replicas(old) == 0) {
            return false;
        }
        int minAvailable = deployment.replicas() - deployment.maxUnavailable();
        int removable = replicas(all()) - minAvailable - (newest.replicas - newest.available());
        if (removable <= 0) {
            return false;
        }
        int before = replicas(old);
        // ReplicaSets that are to have no pods may still report some as available: those are going and must not count.
        List<Draft> oldest = old.stream().filter(draft -> draft.replicas > 0).sorted(BY_CREATION).toList();
        int availableLeft = oldest.stream().mapToInt(Draft::available).sum() + newest.available() - minAvailable;
        // First what is not available anyway: it would only hold the rollout up.
        int unhealthyLeft = removable;
        for (Draft draft : oldest) {
            int unhealthy = Math.clamp(draft.replicas - draft.available(), 0, unhealthyLeft);
            set(draft, draft.replicas - unhealthy, false);
            unhealthyLeft -= unhealthy;
        }
        for (Draft draft : oldest) {
            int fewer = Math.clamp(availableLeft, 0, draft.replicas);
            set(draft, draft.replicas - fewer, false);
            availableLeft -= fewer;
        }
        return replicas(old) != before;
    }

    private void recreate(Set<String> running) {
        boolean oldPodsRunning = old.stream().map(draft -> draft.known).anyMatch(
                known -> known != null && (known.status().replicas() > 0 || running.contains(known.uid())));
        boolean shrunk = old.stream().anyMatch(draft -> draft.replicas > 0);
        old.forEach(draft -> set(draft, 0, false));
        if (shrunk || oldPodsRunning) {
            return;
        }
        Draft newest = current == null ? create() : current;
        set(newest, deployment.replicas(), false);
        if (deployment.complete(deployment.status())) {
            deleteHistory();
        }
    }

    /** Old ReplicaSets beyond the limit go, the oldest revisions first, as long as nothing is left of them. */
    private void deleteHistory() {
        Integer limit = deployment.historyLimit();
        if (limit == null) {
            return;
        }
        List<ReplicaSetView> kept = old.stream().map(draft -> draft.known).filter(known -> known != null)
                .filter(known -> !known.deleting())
                .sorted(Comparator.comparingLong(ReplicaSetView::revision).thenComparing(ReplicaSetView.BY_CREATION))
                .toList();
        for (ReplicaSetView one : kept.subList(0, Math.max(0, kept.size() - limit))) {
            if (one.replicas() == 0 && one.status().replicas() == 0
                    && one.generation() <= one.status().observedGeneration()) {
                deletions.add(one);
            }
        }
    }
}
