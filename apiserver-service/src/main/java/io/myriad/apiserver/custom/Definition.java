package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;

/**
 * A custom resource definition, read from its object. Immutable as long as nobody changes the object.
 *
 * @param object the object
 */
record Definition(ObjectNode object) {
    static final GroupVersionResource RESOURCE = new GroupVersionResource("apiextensions.k8s.io", "v1",
            "customresourcedefinitions");
    static final String ESTABLISHED = "Established";
    static final String NAMES_ACCEPTED = "NamesAccepted";
    static final String TERMINATING = "Terminating";
    static final String CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    /**
     * One version.
     *
     * @param node the element of {@code spec.versions}
     */
    record Version(JsonNode node) {
        String name() {
            return node.path("name").stringValue("");
        }

        boolean served() {
            return node.path("served").booleanValue(false);
        }

        boolean storage() {
            return node.path("storage").booleanValue(false);
        }

        /** The schema, or a missing node. */
        JsonNode schema() {
            return node.path("schema").path("openAPIV3Schema");
        }

        boolean hasStatus() {
            return node.path("subresources").path("status").isObject();
        }

        /** The scale subresource, or a missing node. */
        JsonNode scale() {
            return node.path("subresources").path("scale");
        }

        JsonNode printerColumns() {
            return node.path("additionalPrinterColumns");
        }

        /** The selectable fields' JSON paths, without the dot in front. */
        List<String> selectableFields() {
            return node.path("selectableFields").valueStream()
                    .map(field -> field.path("jsonPath").stringValue("").replaceFirst("^\\.", "")).toList();
        }

        boolean deprecated() {
            return node.path("deprecated").booleanValue(false);
        }

        /** What clients are told about a deprecated version, or empty for the usual text. */
        String deprecationWarning() {
            return node.path("deprecationWarning").stringValue("");
        }
    }

    private JsonNode spec() {
        return object.path("spec");
    }

    String name() {
        return object.path("metadata").path("name").stringValue("");
    }

    String uid() {
        return object.path("metadata").path("uid").stringValue("");
    }

    String group() {
        return spec().path("group").stringValue("");
    }

    boolean namespaced() {
        return spec().path("scope").stringValue("").equals("Namespaced");
    }

    boolean preservesUnknownFields() {
        return spec().path("preserveUnknownFields").booleanValue(false);
    }

    boolean isDeleting() { return object.path("metadata").hasNonNull("deletionTimestamp"); }

    boolean hasCleanupFinalizer() {
        return object.path("metadata").path("finalizers").valueStream()
                .anyMatch(finalizer -> finalizer.stringValue("").equals(CLEANUP_FINALIZER));
    }

    /** The names asked for. */
    JsonNode names() {
        return spec().path("names");
    }

    /** The names that are its own. */
    JsonNode acceptedNames() {
        return object.path("status").path("acceptedNames");
    }

    JsonNode conversion() {
        return spec().path("conversion");
    }

    boolean convertsByWebhook() {
        return conversion().path("strategy").stringValue("").equals("Webhook");
    }

    List<Version> versions() {
        return spec().path("versions").valueStream().map(Version::new).toList();
    }

    @Nullable
    Version storageVersion() {
        return versions().stream().filter(Version::storage).findFirst().orElse(null);
    }

    /** The versions from the best to the worst, as discovery lists them. */
    List<Version> versionsByPreference() {
        List<Version> sorted = new ArrayList<>(versions());
        sorted.sort(Comparator.comparing(Version::name, VersionOrder::compare));
        return sorted;
    }

    String plural() {
        return acceptedNames().path("plural").stringValue("");
    }

    String kind() {
        return acceptedNames().path("kind").stringValue("");
    }

    GroupVersionKind kindIn(String version) {
        return new GroupVersionKind(group(), version, kind());
    }

    GroupVersionResource resourceIn(String version) {
        return new GroupVersionResource(group(), version, plural());
    }

    /** The condition of this type, or a missing node. */
    JsonNode condition(String type) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").stringValue("").equals(type)) {
                return condition;
            }
        }
        return object.path("status").path("none");
    }

    boolean isTrue(String conditionType) {
        return condition(conditionType).path("status").stringValue("").equals("True");
    }

    /** Whether what is served depends on nothing that differs between the two. */
    boolean servesSameAs(Definition other) {
        return Objects.equals(uid(), other.uid()) && spec().equals(other.spec())
                && acceptedNames().equals(other.acceptedNames()) && isDeleting() == other.isDeleting()
                && isTrue(TERMINATING) == other.isTrue(TERMINATING)
                && isTrue(ESTABLISHED) == other.isTrue(ESTABLISHED);
    }
}
