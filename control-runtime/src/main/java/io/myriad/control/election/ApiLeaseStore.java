package io.myriad.control.election;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.ApiRequest;
import io.myriad.control.client.Resources;

/**
 * A Lease object in the API. What others have written into it beside our fields is kept. Needs get, create and update.
 */
public final class ApiLeaseStore implements LeaseStore {
    private static final DateTimeFormatter MICRO_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);

    private final ApiClient client;
    private final ApiPath path;
    private @Nullable ObjectNode last;

    /**
     * @param client one with a short timeout, of its own, so that leadership does not wait behind other requests
     * @param namespace the Lease's namespace
     * @param name the Lease's name
     */
    public ApiLeaseStore(ApiClient client, String namespace, String name) {
        this.client = client;
        this.path = ApiPath.of(Resources.LEASES).in(namespace).named(name);
    }

    @Override
    public @Nullable LeaseRecord get(long timeoutMillis) {
        try {
            return keep(client.send(ApiRequest.of("GET", path.text()).withTimeoutMillis(timeoutMillis)).tree());
        } catch (StatusException e) {
            if (e.status().reason() == StatusReason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public LeaseRecord create(LeaseRecord record, long timeoutMillis) {
        ObjectNode lease = JsonNodeFactory.instance.objectNode().put("apiVersion", "coordination.k8s.io/v1")
                .put("kind", "Lease");
        lease.putObject("metadata").put("namespace", path.namespace()).put("name", path.name());
        return write("POST", path.named("").text(), fill(lease, record), timeoutMillis);
    }

    @Override
    public LeaseRecord update(LeaseRecord record, long timeoutMillis) {
        ObjectNode known = last;
        ObjectNode lease = known == null
                ? JsonNodeFactory.instance.objectNode().put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease")
                : known.deepCopy();
        lease.withObject("metadata").put("namespace", path.namespace()).put("name", path.name()).put("resourceVersion",
                record.resourceVersion());
        return write("PUT", path.text(), fill(lease, record), timeoutMillis);
    }

    private LeaseRecord write(String method, String text, ObjectNode lease, long timeoutMillis) {
        return keep(client.send(ApiRequest.of(method, text)
                .withBody(ApiRequest.JSON, lease.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .withTimeoutMillis(timeoutMillis)).tree());
    }

    private LeaseRecord keep(ObjectNode lease) {
        last = lease;
        return read(lease);
    }

    /** What a Lease object says. */
    static LeaseRecord read(ObjectNode lease) {
        JsonNode spec = lease.path("spec");
        return new LeaseRecord(spec.path("holderIdentity").asString(""), spec.path("leaseDurationSeconds").asInt(0),
                time(spec.path("acquireTime")), time(spec.path("renewTime")), spec.path("leaseTransitions").asInt(0),
                lease.path("metadata").path("resourceVersion").asString(""));
    }

    private static ObjectNode fill(ObjectNode lease, LeaseRecord record) {
        ObjectNode spec = lease.withObject("spec");
        spec.put("holderIdentity", record.holder()).put("leaseDurationSeconds", record.durationSeconds())
                .put("leaseTransitions", record.transitions());
        if (record.acquireTime() != null) {
            spec.put("acquireTime", MICRO_TIME.format(record.acquireTime()));
        }
        if (record.renewTime() != null) {
            spec.put("renewTime", MICRO_TIME.format(record.renewTime()));
        }
        return lease;
    }

    private static @Nullable Instant time(JsonNode node) {
        try {
            return node.isString() ? Instant.parse(node.asString()) : null;
        } catch (DateTimeException e) {
            return null; // for people only
        }
    }
}
