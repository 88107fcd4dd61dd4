package io.myriad.system;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

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
 * What controllers and schedulers do to the pods of a namespace, as watches show it, and who held the two Leases meanwhile:
 * controllers create pods for ReplicaSets, schedulers bind them. Whose deed it was is what the event about it says.
 */
final class Journal implements AutoCloseable {
    /** A service with a leader: its name among the services, and its Lease. */
    enum Role {
        CONTROLLER("controller", "kube-controller-manager"), SCHEDULER("scheduler", "kube-scheduler");

        final String kind;
        private final String lease;

        Role(String kind, String lease) {
            this.kind = kind;
            this.lease = lease;
        }
    }

    /** Something done to a pod, and when this process heard of it. */
    private record Deed(String pod, long version, long nanos) {}

    /** What one role has done. */
    private static final class Work {
        final Terms terms;
        final Map<String, Deed> deeds = new HashMap<>();
        final Map<String, String> doers = new HashMap<>();
        final List<Write> events = new ArrayList<>();

        Work(Terms terms) {
            this.terms = terms;
        }
    }

    private static final String LEASES = "kube-system";
    private static final String SCHEDULER = "default-scheduler";
    private static final String CONTROLLER = "replicaset-controller";
    private static final String CREATED = "Created pod: ";

    private final Map<Role, Work> work = new HashMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Exception> broken = new CopyOnWriteArrayList<>();

    /** Begins to watch. Nothing may have been done in the namespace yet. */
    Journal(KubernetesClient client, String namespace) {
        for (Role role : Role.values()) {
            work.put(role, new Work(
                    new Terms(holder(client.leases().inNamespace(LEASES).withName(role.lease).get()))));
        }
        follow(client.leases().inNamespace(LEASES), this::leaseSeen);
        follow(client.pods().inNamespace(namespace), this::podSeen);
        follow(client.v1().events().inNamespace(namespace), this::eventSeen);
    }

    private <T extends HasMetadata> void follow(Watchable<T> collection, Consumer<T> sink) {
        watches.add(collection.watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, T object) {
                if (action != Action.DELETED) {
                    sink.accept(object);
                }
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

    private void leaseSeen(Lease lease) {
        for (Role role : Role.values()) {
            if (lease.getMetadata().getName().equals(role.lease)) {
                work.get(role).terms.seen(version(lease), holder(lease));
            }
        }
    }

    private synchronized void podSeen(Pod pod) {
        Deed deed = new Deed(pod.getMetadata().getName(), version(pod), System.nanoTime());
        if (!pod.getMetadata().getOwnerReferences().isEmpty()) {
            work.get(Role.CONTROLLER).deeds.putIfAbsent(deed.pod, deed);
        }
        if (pod.getSpec().getNodeName() != null) {
            work.get(Role.SCHEDULER).deeds.putIfAbsent(deed.pod, deed);
        }
    }

    private synchronized void eventSeen(Event event) {
        if (SCHEDULER.equals(event.getReportingComponent())) {
            String instance = event.getReportingInstance().substring(SCHEDULER.length() + 1);
            eventSeen(work.get(Role.SCHEDULER), instance, event);
            if (event.getReason().equals("Scheduled")) {
                work.get(Role.SCHEDULER).doers.put(event.getInvolvedObject().getName(), instance);
            }
        } else if (CONTROLLER.equals(event.getReportingComponent())) {
            String instance = event.getReportingInstance();
            eventSeen(work.get(Role.CONTROLLER), instance, event);
            if (event.getMessage().startsWith(CREATED)) {
                work.get(Role.CONTROLLER).doers.put(event.getMessage().substring(CREATED.length()), instance);
            }
        }
    }

    private static void eventSeen(Work work, String instance, Event event) {
        work.events.add(new Write(version(event), instance,
                "event about " + event.getInvolvedObject().getName() + ": " + event.getMessage()));
    }

    /** The term that lasts, as far as is known. */
    Terms.Term term(Role role) {
        return work.get(role).terms.last();
    }

    /** How many deeds this leader is known to have done. */
    synchronized long deeds(Role role, String doer) {
        return work.get(role).doers.values().stream().filter(doer::equals).count();
    }

    /** Milliseconds from the last deed before a version, at which a term began, to the first one after it. */
    synchronized long gapMillis(Role role, long version) {
        Collection<Deed> deeds = work.get(role).deeds.values();
        long last = deeds.stream().filter(deed -> deed.version < version).mapToLong(Deed::nanos).max().orElseThrow();
        long first = deeds.stream().filter(deed -> deed.version > version).mapToLong(Deed::nanos).min().orElseThrow();
        return (first - last) / 1_000_000;
    }

    /** Fails if anybody has written outside its terms, or anything was done while nobody led. */
    synchronized void assertEachWroteInItsTermsOnly() {
        assertThat(broken).as("ended watches").isEmpty();
        work.forEach((role, done) -> {
            List<Write> writes = new ArrayList<>(done.events);
            done.deeds.values().forEach(deed -> writes.add(
                    new Write(deed.version, done.doers.getOrDefault(deed.pod, ""), "pod " + deed.pod)));
            assertThat(done.terms.outside(writes)).as("%s's writes outside the terms %s", role, done.terms).isEmpty();
        });
    }

    @Override
    public void close() {
        watches.forEach(Watch::close);
    }
}
