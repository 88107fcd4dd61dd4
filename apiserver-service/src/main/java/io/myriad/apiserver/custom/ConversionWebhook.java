package io.myriad.apiserver.custom;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.value.Uuids;
import io.myriad.apiserver.admission.webhook.Endpoint;
import io.myriad.apiserver.admission.webhook.WebhookClient;

/**
 * Converts the objects of one definition by asking its webhook. What has once been read in a version is kept for a while:
 * an object of one resource version converts to the same text, and upstream too keeps a cache of each served version.
 * Safe for any thread; methods block, so they are no work for event loops.
 */
public final class ConversionWebhook {
    /** As upstream. */
    private static final int TIMEOUT_SECONDS = 30;
    /** How many converted objects are kept of a definition. */
    static final int MAX_KEPT = 4096;

    /** What conversion webhooks share. */
    public record Means(WebhookClient client, RandomGenerator random, MeterRegistry meters) {}

    private record Read(String uid, String resourceVersion, String apiVersion) {}

    private final Means means;
    private final String definition;
    private final Endpoint endpoint;
    private final String address;
    private final String reviewVersion;
    private final Map<Read, ObjectNode> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Read, ObjectNode> eldest) {
            return size() > MAX_KEPT;
        }
    };

    /** @param conversion {@code spec.conversion} of the definition, in version 1 */
    ConversionWebhook(String definition, JsonNode conversion, Means means) {
        this.means = means;
        this.definition = definition;
        JsonNode webhook = conversion.path("webhook");
        this.endpoint = Endpoint.of(webhook.path("clientConfig"));
        this.address = switch (endpoint) {
            case Endpoint.Url at -> at.url().toString();
            case Endpoint.Service service -> "https://" + service.host() + ":" + service.port() + service.path();
        };
        this.reviewVersion = ConversionReview.version(webhook.path("conversionReviewVersions"));
    }

    /**
     * The object in another version.
     *
     * @param object with its {@code apiVersion}
     * @throws StatusException when the webhook cannot be asked or what it says cannot be used
     */
    ObjectNode convert(ObjectNode object, GroupVersionKind to) {
        return ask(object, to);
    }

    /** As {@link #convert} for an object from the store, of which there is one to each uid and resource version. */
    ObjectNode read(ObjectNode object, GroupVersionKind to) {
        JsonNode metadata = object.path("metadata");
        Read read = new Read(metadata.path("uid").asString(""), metadata.path("resourceVersion").asString(""),
                to.apiVersion());
        // What has just been written may not have its resource version yet.
        boolean versioned = !read.uid.isEmpty() && !read.resourceVersion.isEmpty()
                && !read.resourceVersion.equals("0");
        ObjectNode known = versioned ? find(read) : null;
        if (known != null) {
            return known;
        }
        if (!versioned) {
            return ask(object, to);
        }
        ObjectNode converted;
        try {
            converted = ask(object, to);
        } catch (StatusException failure) {
            throw undecodable(metadata, read.resourceVersion, failure.status().message());
        }
        keep(read, converted.deepCopy());
        return converted;
    }

    private synchronized @Nullable ObjectNode find(Read read) {
        ObjectNode found = kept.get(read);
        return found == null ? null : found.deepCopy();
    }

    private synchronized void keep(Read read, ObjectNode converted) {
        kept.put(read, converted);
    }

    private ObjectNode ask(ObjectNode object, GroupVersionKind to) {
        String uid = Uuids.next(means.random);
        long began = System.nanoTime();
        boolean succeeded = false;
        try {
            byte[] answer;
            try {
                answer = means.client.post(endpoint,
                        ConversionReview.request(reviewVersion, uid, object, to.apiVersion()), TIMEOUT_SECONDS);
            } catch (IOException failure) {
                throw refusal(object, "failed: Post \"" + address + "?timeout=" + TIMEOUT_SECONDS + "s\": "
                        + failure.getMessage());
            }
            ObjectNode converted = ConversionReview.answer(answer, reviewVersion, uid, object, to);
            succeeded = true;
            return converted;
        } catch (ConversionReview.Unusable unusable) {
            throw refusal(object, String.valueOf(unusable.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw refusal(object, "failed: interrupted");
        } finally {
            Timer.builder("apiserver_crd_conversion_webhook_duration_seconds").tag("crd_name", definition)
                    .tag("from_version", object.path("apiVersion").asString("")).tag("to_version", to.apiVersion())
                    .tag("succeeded", Boolean.toString(succeeded)).register(means.meters)
                    .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
        }
    }

    /** To upstream, what is in the store and cannot be converted is damaged. */
    private StatusException undecodable(JsonNode metadata, String resourceVersion, String why) {
        int dot = definition.indexOf('.');
        String namespace = metadata.path("namespace").asString("");
        String key = "/" + definition.substring(dot + 1) + "/" + definition.substring(0, dot)
                + (namespace.isEmpty() ? "" : "/" + namespace) + "/" + metadata.path("name").asString("");
        String text = "StorageError: corrupt object, Code: 7, Key: " + key
                + ", ResourceVersion: 0, AdditionalErrorMsg: object not decodable revision=" + resourceVersion + ": "
                + why;
        return new StatusException(new Status(StatusReason.INTERNAL_ERROR.code(), StatusReason.INTERNAL_ERROR,
                "Internal error occurred: " + text,
                new Status.Details("", "", "", "", List.of(new Status.Cause("", text, "")), 0)));
    }

    /** Upstream's errors of conversions have no reason. */
    private static StatusException refusal(ObjectNode object, String why) {
        return new StatusException(Status.of(StatusReason.UNKNOWN,
                "conversion webhook for " + ConversionReview.kind(object) + " " + why));
    }
}
