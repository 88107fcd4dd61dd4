package io.myriad.apiserver.admission;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Gives new objects the default class of their kind: ingresses an ingress class, claims a storage class. The default is
 * the class with the annotation; of several the newest counts, then the first by name.
 */
final class DefaultClass implements AdmissionPlugin {
    private final String name;
    private final String groupResource;
    private final GroupVersionResource classes;
    private final String annotation;
    private final String field;
    private final ObjectLookup lookup;

    private DefaultClass(String name, String groupResource, GroupVersionResource classes, String annotation,
            String field, ObjectLookup lookup) {
        this.name = name;
        this.groupResource = groupResource;
        this.classes = classes;
        this.annotation = annotation;
        this.field = field;
        this.lookup = lookup;
    }

    static DefaultClass ofIngresses(ObjectLookup lookup) {
        return new DefaultClass("DefaultIngressClass", "ingresses.networking.k8s.io",
                new GroupVersionResource("networking.k8s.io", "v1", "ingressclasses"),
                "ingressclass.kubernetes.io/is-default-class", "ingressClassName", lookup);
    }

    static DefaultClass ofClaims(ObjectLookup lookup) {
        return new DefaultClass("DefaultStorageClass", "persistentvolumeclaims",
                new GroupVersionResource("storage.k8s.io", "v1", "storageclasses"),
                "storageclass.kubernetes.io/is-default-class", "storageClassName", lookup);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void admit(Attributes attributes) {
        ObjectNode object = attributes.object();
        if (object == null || !attributes.resource().groupResource().equals(groupResource)
                || attributes.operation() != Operation.CREATE || !attributes.subresource().isEmpty()
                || object.path("spec").has(field)
                || object.path("metadata").path("annotations").has("kubernetes.io/ingress.class")) {
            return;
        }
        ObjectNode found = defaultClass();
        if (found != null) {
            object.withObjectProperty("spec").put(field, text(found, "name"));
        }
    }

    private @Nullable ObjectNode defaultClass() {
        ObjectNode best = null;
        for (ObjectNode candidate : lookup.select(classes, "", "", "")) {
            if (candidate.path("metadata").path("annotations").path(annotation).stringValue("").equals("true")
                    && (best == null || newer(candidate, best))) {
                best = candidate;
            }
        }
        return best;
    }

    private static boolean newer(ObjectNode candidate, ObjectNode best) {
        int byTime = text(candidate, "creationTimestamp").compareTo(text(best, "creationTimestamp"));
        return byTime != 0 ? byTime > 0 : text(candidate, "name").compareTo(text(best, "name")) < 0;
    }

    private static String text(ObjectNode object, String field) {
        return object.path("metadata").path(field).stringValue("");
    }
}
