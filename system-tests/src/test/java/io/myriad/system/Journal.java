package io.myriad.system;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Watchable;
import io.myriad.system.Terms.Write;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that controllers and schedulers write under a load, as watches show it: pods created for ReplicaSets, pods bound to
 * nodes, events, and who held the two Leases meanwhile. Who created or bound a pod is what the event about it says.
 */
final class Journal implements AutoCloseable {
    /** A service with a leader: its Lease, how its events name it, and what it does to pods. */
    enum Role {
        CONTROLLER("kube-controller-manager", "controller"), SCHEDULER("kube-scheduler", "scheduler");

        private final String lease;
        final String kind;

        Role(String lease, String kind) {
            this.lease = lease;
            this.kind = kind;
        }
    }

    /** Something done to a pod, and when this process heard of it. */
    record Deed(String pod, long version, long nanos) {}

    private static final String LEASES = "kube-system";
    private static final String SCHEDULER = "default-scheduler";
    private static final List<String> CONTROLLERS = List.of("replicaset-controller", "deployment-controller");
    private static final String CREATED = "Created pod: ";

    private final String namespace;
    private final Map<Role, Terms> terms = Map.of(Role.CONTROLLER, new Terms(), Role.SCHEDULER, new Terms());
    private final Map<Role, Map<String, Deed>> deeds = Map.of(Role.CONTROLLER, new HashMap<>(), Role.SCHEDULER,
            new HashMap<>());
    private final Map<Role, Map<String, String>> doers = Map.of(Role.CONTROLLER, new HashMap<>(), Role.SCHEDULER,
            new HashMap<>());
    private final Map<Role, List<Write>> events = Map.of(Role.CONTROLLER, new ArrayList<>(), Role.SCHEDULER,
            new ArrayList<>());
    private final List<Watch> watches = new ArrayList<>();
    private final List<Exception> broken = new CopyOnWriteArrayList<>();

    /** Begins to watch a namespace that is empty still. */
    Journal(KubernetesClient client, String namespace) {
        this.namespace = namespace;
        for (Role role : Role.values()) {
            Lease lease = client.leases().inNamespace(LEASES).withName(role.lease).get();
            terms.get(role).began(holder(lease));
        }
        follow(client.leases().inNamespace(LEASES), (action, lease) -> {
            for (Role role : Role.values()) {
                if (lease.getMetadata().getName().equals(role.lease)) {
                    terms.get(role).seen(version(lease), holder(lease));
                }
            }
        });
        follow(client.pods().inNamespace(namespace), this::podSeen);
        follow(client.v1().events().inNamespace(namespace), this::eventSeen);
    }

    private <T> void follow(Watchable<T> collection, BiConsumer<Watcher.Action, T> sink) {
        watches.add(collection.watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, T object) {
                sink.accept(action, object);
            }

            @Override
            public void onClose(WatcherException why) {
                broken.add(why);
            }
        }));
    }

    private static String holder(Lease lease) {
        String holder = lease.getSpec().getHolderIdentity();
        return holder == null ? "" : holder;
    }

    private static long version(HasMetadata object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }

    private synchronized void podSeen(Watcher.Action action, Pod pod) {
        Deed deed = new Deed(pod.getMetadata().getName(), version(pod), System.nanoTime());
        if (action == Watcher.Action.ADDED && !pod.getMetadata().getOwnerReferences().isEmpty()) {
            deeds.get(Role.CONTROLLER).putIfAbsent(deed.pod, deed);
        }
        if (action != Watcher.Action.DELETED && pod.getSpec().getNodeName() != null) {
            deeds.get(Role.SCHEDULER).putIfAbsent(deed.pod, deed);
        }
    }

    private synchronized void eventSeen(Watcher.Action action, Event event) {
        String component = event.getReportingComponent();
        String instance = event.getReportingInstance();
        Role role;
        String pod = null;
        if (SCHEDULER.equals(component)) {
            role = Role.SCHEDULER;
            instance = instance.substring(SCHEDULER.length() + 1);
            if (event.getReason().equals("Scheduled")) {
                pod = event.getInvolvedObject().getName();
            }
        } else if (CONTROLLERS.contains(component)) {
            role = Role.CONTROLLER;
            if (event.getMessage().startsWith(CREATED)) {
                pod = event.getMessage().substring(CREATED.length());
            }
        } else {
            return;
        }
        if (action != Watcher.Action.DELETED) {
            events.get(role).add(new Write(version(event), instance, "event about "
                    + event.getInvolvedObject().getName() + ": " + event.getMessage()));
        }
        if (pod != null) {
            doers.get(role).put(pod, instance);
        }
    }

    /** The term that lasts, as far as is known; its holder is empty if there is none. */
    Terms.Term term(Role role) {
        return terms.get(role).last();
    }

    /** What was done to pods by whoever led after a version. */
    synchronized List<Deed> deedsAfter(Role role, long version) {
        return deeds.get(role).values().stream().filter(deed -> deed.version > version).toList();
    }

    /** Milliseconds from the last deed before a version, at which leadership began, to the first one after it. */
    synchronized long gapMillis(Role role, long version) {
        long last = Long.MIN_VALUE;
        long first = Long.MAX_VALUE;
        for (Deed deed : deeds.get(role).values()) {
            if (deed.version < version) {
                last = Math.max(last, deed.nanos);
            } else {
                first = Math.min(first, deed.nanos);
            }
        }
        return (first - last) / 1_000_000;
    }

    /** Fails if anybody has written outside its terms, or if it is not known of several who wrote what. */
    synchronized void assertEachWroteInItsTermsOnly(Role role) {
        assertThat(broken).as("watches of %s ended", namespace).isEmpty();
        List<Write> writes = new ArrayList<>();
        doers.get(role).forEach((pod, doer) -> {
            Deed deed = deeds.get(role).get(pod);
            if (deed != null) {
                writes.add(new Write(deed.version, doer, "pod " + pod));
            }
        });
        assertThat(writes.stream().map(Write::writer).distinct()).as("who has done something to pods as %s", role)
                .hasSizeGreaterThan(1);
        writes.addAll(events.get(role));
        assertThat(terms.get(role).outside(writes)).as("writes outside the terms %s", terms.get(role).all()).isEmpty();
    }

    @Override
    public void close() {
        watches.forEach(Watch::close);
    }
}
