package io.myriad.control.events;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Resources;
import io.myriad.control.client.TransportException;

/**
 * Writes events without making anybody wait: {@link #record} puts them into a bounded queue, one virtual thread sends
 * them, several new ones at a time; to count one that exists it waits for those. When the queue is full, events are dropped and counted; events are help for people, never a means of control.
 */
public final class EventRecorder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);

    /** Events that wait to be sent. */
    static final int QUEUE_MAX = 4096;
    /** New events being written at a time. */
    static final int CALLS_MAX = 16;
    private static final DateTimeFormatter MICRO_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);

    /** Which of the two events APIs is written. They show the same objects. */
    public enum Api {
        /** core/v1, as upstream's controllers. */
        CORE,
        /** events.k8s.io/v1, as upstream's scheduler. */
        EVENTS
    }

    private final ApiClient client;
    private final Api api;
    private final String component;
    private final String instance;
    private final InstantSource clock;
    private final EventCorrelator correlator = new EventCorrelator();
    private final ArrayBlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Semaphore calls = new Semaphore(CALLS_MAX);
    private final Counter written;
    private final Counter dropped;
    private final Thread sender;

    /**
     * @param component who reports, such as {@code deployment-controller}
     * @param instance which one of it, such as the host's name
     */
    public EventRecorder(ApiClient client, Api api, String component, String instance, InstantSource clock,
            MeterRegistry registry) {
        this.client = client;
        this.api = api;
        this.component = component;
        this.instance = instance;
        this.clock = clock;
        this.written = registry.counter("events_written", "component", component);
        this.dropped = registry.counter("events_dropped", "component", component);
        this.sender = Thread.ofVirtual().name("events-" + component).start(this::run);
    }

    /** Records an event; never waits, never fails. */
    public void record(Event event) {
        if (!queue.offer(event)) {
            dropped.increment();
        }
    }

    private void run() {
        try {
            while (true) {
                Event event = queue.take();
                try {
                    send(event);
                } catch (RuntimeException e) {
                    failed(event, e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void failed(Event event, Throwable why) {
        dropped.increment();
        if (why instanceof StatusException || why instanceof TransportException) {
            log.debug("event {} of {} not written: {}", event.reason(), event.about(), why.getMessage());
        } else {
            log.error("event {} of {} not written", event.reason(), event.about(), why);
        }
    }

    private void send(Event event) throws InterruptedException {
        switch (correlator.observe(event, clock.instant())) {
            case EventCorrelator.Create create -> create(create.observation());
            case EventCorrelator.Count count -> count(count.observation());
            case EventCorrelator.Drop drop -> dropped.increment();
        }
    }

    private void create(EventCorrelator.Observation observation) throws InterruptedException {
        calls.acquire();
        CompletableFuture<ObjectNode> created;
        try {
            created = client.createAsync(path(observation).named(""), tree(observation));
        } catch (RuntimeException e) {
            calls.release();
            throw e;
        }
        created.whenComplete((answer, error) -> {
            calls.release();
            if (error == null) {
                written.increment();
            } else {
                failed(observation.event(), error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error);
            }
        });
    }

    private ObjectNode tree(EventCorrelator.Observation observation) {
        ObjectNode tree = switch (api) {
            case CORE -> coreEvent(observation);
            case EVENTS -> newEvent(observation);
        };
        tree.withObject("metadata").put("name", observation.name()).put("namespace", namespace(observation.event()));
        return tree;
    }

    private void count(EventCorrelator.Observation observation) throws InterruptedException {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        switch (api) {
            case CORE -> patch.put("count", observation.count()).put("message", observation.event().message())
                    .put("lastTimestamp", seconds(observation.last()));
            case EVENTS -> patch.putObject("series").put("count", observation.count())
                    .put("lastObservedTime", MICRO_TIME.format(observation.last()));
        }
        // Its creation may be under way.
        calls.acquire(CALLS_MAX);
        try {
            client.patch(path(observation), PatchType.STRATEGIC, patch);
            written.increment();
            return;
        } catch (StatusException e) {
            if (e.status().reason() != StatusReason.NOT_FOUND) {
                throw e;
            }
        } finally {
            calls.release(CALLS_MAX);
        }
        // The API forgets events after an hour.
        create(correlator.restart(observation));
    }

    private ObjectNode coreEvent(EventCorrelator.Observation observation) {
        Event event = observation.event();
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Event");
        tree.putObject("metadata");
        tree.set("involvedObject", event.about().tree());
        tree.put("reason", event.reason()).put("message", event.message()).put("type", event.type());
        tree.putObject("source").put("component", component);
        tree.put("firstTimestamp", seconds(observation.first())).put("lastTimestamp", seconds(observation.last()))
                .put("count", observation.count()).put("reportingComponent", component)
                .put("reportingInstance", instance);
        if (event.related() != null) {
            tree.set("related", event.related().tree());
        }
        return tree;
    }

    private ObjectNode newEvent(EventCorrelator.Observation observation) {
        Event event = observation.event();
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("apiVersion", "events.k8s.io/v1").put("kind",
                "Event");
        tree.putObject("metadata");
        tree.put("eventTime", MICRO_TIME.format(observation.first())).put("reportingController", component)
                .put("reportingInstance", instance).put("action", event.action().isEmpty() ? "Report" : event.action())
                .put("reason", event.reason());
        tree.set("regarding", event.about().tree());
        if (event.related() != null) {
            tree.set("related", event.related().tree());
        }
        tree.put("note", event.message()).put("type", event.type());
        return tree;
    }

    private ApiPath path(EventCorrelator.Observation observation) {
        return ApiPath.of(api == Api.CORE ? Resources.EVENTS : Resources.NEW_EVENTS)
                .in(namespace(observation.event())).named(observation.name());
    }

    /** Events about objects without a namespace live in this one. */
    private static String namespace(Event event) {
        String namespace = event.about().namespace();
        return namespace.isEmpty() ? "default" : namespace;
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Override
    public void close() {
        sender.interrupt();
    }
}
