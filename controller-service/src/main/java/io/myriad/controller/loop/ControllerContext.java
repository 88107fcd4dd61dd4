package io.myriad.controller.loop;

import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.MeterRegistry;

import io.myriad.control.client.ApiClient;
import io.myriad.control.events.EventRecorder;
import io.myriad.controller.model.ClusterInformers;

/**
 * What controllers are made of.
 *
 * @param client the API, fenced: it refuses to write when this replica does not lead
 * @param informers what the process watches
 * @param registry for metrics
 * @param clock for times that are written
 * @param nanoTime for delays
 * @param random for jitter
 * @param instance this replica's name in events
 */
public record ControllerContext(ApiClient client, ClusterInformers informers, MeterRegistry registry,
        InstantSource clock, LongSupplier nanoTime, RandomGenerator random, String instance) {
    /** A recorder of events for one controller. */
    public EventRecorder recorder(String component) {
        return new EventRecorder(client, EventRecorder.Api.CORE, component, instance, clock, registry);
    }
}
