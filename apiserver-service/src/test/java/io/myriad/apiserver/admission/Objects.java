package io.myriad.apiserver.admission;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.JsonIndexer;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.testing.InMemoryStore;

/** Objects of one kind of the core group in memory, as JSON, and writes about others. */
final class Objects {
    private static final User ALICE = new User("alice", "", List.of(), Map.of());

    private final ObjectStorage storage;

    Objects(String resource, String kind) {
        ObjectType type = Schema.builtin().kind(new GroupVersionKind("", "v1", kind));
        if (type == null) {
            throw new IllegalArgumentException(kind);
        }
        this.storage = new InMemoryStore().storage(resource, new JsonIndexer(type, Map.of()));
    }

    ObjectStorage storage() {
        return storage;
    }

    void create(String namespace, String name, String json) {
        storage.create(namespace, name, json.getBytes(StandardCharsets.UTF_8), 0);
    }

    ObjectNode stored(String namespace, String name) {
        CachedObject found = storage.get(namespace, name, "");
        if (found == null) {
            throw new AssertionError(name + " is gone");
        }
        return read(found);
    }

    static ObjectNode read(CachedObject object) {
        return json(new String(object.bytes(), StandardCharsets.UTF_8));
    }

    static byte[] bytes(ObjectNode object) {
        return object.toString().getBytes(StandardCharsets.UTF_8);
    }

    static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    /** A write in the namespace {@code team}, by somebody, and the warnings it leads to. */
    record Write(AdmissionPlugin.Attributes attributes, List<String> warnings) {
        static Write create(String resource, String name, ObjectNode object) {
            return of(AdmissionPlugin.Operation.CREATE, resource, name, object, null, false);
        }

        static Write of(AdmissionPlugin.Operation operation, String resource, String name, ObjectNode object,
                @Nullable ObjectNode old, boolean dryRun) {
            List<String> warnings = new ArrayList<>();
            return new Write(new AdmissionPlugin.Attributes(operation, new GroupVersionResource("", "v1", resource),
                    new GroupVersionKind("", "v1", "Any"), "", "team", name, ALICE, object, old, dryRun,
                    warnings::add), warnings);
        }
    }
}
