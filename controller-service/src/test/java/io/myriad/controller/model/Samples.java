package io.myriad.controller.model;

import java.time.Instant;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.selector.LabelSelector;
import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiObject;

/** Makes what controllers keep of objects as the informers make it: from the objects. */
public final class Samples {
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final JsonMapper JSON = new JsonMapper();
    private static final MetaReader METADATA = new MetaReader();
    private static final PodReader PODS = new PodReader(METADATA);
    private static final NodeReader NODES = new NodeReader(METADATA);
    private static final ServiceReader SERVICES = new ServiceReader(METADATA);

    private Samples() {}

    /** JSON with single quotes. */
    public static ObjectNode json(String text) {
        return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    }

    public static Pod pod(ObjectNode tree) {
        return PODS.extract(ApiObject.of(tree));
    }

    public static Node node(ObjectNode tree) {
        return NODES.extract(ApiObject.of(tree));
    }

    public static Service service(ObjectNode tree) {
        return SERVICES.extract(ApiObject.of(tree));
    }

    /** A workload with the selector {@code spec.selector}, of any kind. */
    public static Workload workload(ObjectNode tree) {
        ApiObject object = ApiObject.of(tree);
        return new Workload(METADATA.read(object), tree.path("spec").has("selector")
                ? LabelSelector.of(tree.path("spec").path("selector"))
                : LabelSelector.nothing(), object);
    }

    /** The time so many seconds after the start, as the API writes it. */
    public static String at(long seconds) {
        return Timestamps.format(START.plusSeconds(seconds));
    }
}
