package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides which names a definition gets: those that no other definition of its group has already. Pure; the rules of
 * upstream's naming controller.
 */
final class Naming {
    /**
     * A condition as it should be.
     *
     * @param status {@code True} or {@code False}
     */
    record Condition(String type, String status, String reason, String message) {}

    /**
     * What is decided.
     *
     * @param acceptedNames the names that are the definition's own from now on
     * @param conditions the conditions to set, in order
     */
    record Decision(ObjectNode acceptedNames, List<Condition> conditions) {}

    private final Set<String> usedResources = new HashSet<>();
    private final Set<String> usedKinds = new HashSet<>();
    private @Nullable String reason;
    private String message = "";

    private Naming(Definition definition, Collection<Definition> others) {
        for (Definition other : others) {
            if (other.group().equals(definition.group()) && !other.name().equals(definition.name())) {
                JsonNode names = other.acceptedNames();
                usedResources.add(text(names, "plural"));
                usedResources.add(text(names, "singular"));
                names.path("shortNames").forEach(name -> usedResources.add(name.stringValue("")));
                usedKinds.add(text(names, "kind"));
                usedKinds.add(text(names, "listKind"));
            }
        }
        usedResources.remove("");
        usedKinds.remove("");
    }

    /** @param others the definitions that there are, this one included or not */
    static Decision decide(Definition definition, Collection<Definition> others) {
        return new Naming(definition, others).decide(definition);
    }

    private Decision decide(Definition definition) {
        JsonNode wanted = definition.names();
        ObjectNode accepted = definition.acceptedNames() instanceof ObjectNode present
                ? present.deepCopy()
                : JsonNodeFactory.instance.objectNode();
        take(wanted, accepted, "plural", usedResources, "PluralConflict");
        take(wanted, accepted, "singular", usedResources, "SingularConflict");
        takeShortNames(wanted, accepted);
        take(wanted, accepted, "kind", usedKinds, "KindConflict");
        take(wanted, accepted, "listKind", usedKinds, "ListKindConflict");
        if (wanted.path("categories").isEmpty()) {
            accepted.remove("categories");
        } else {
            accepted.set("categories", wanted.path("categories").deepCopy());
        }
        List<Condition> conditions = new ArrayList<>();
        String conflict = reason;
        conditions.add(conflict == null
                ? new Condition(Definition.NAMES_ACCEPTED, "True", "NoConflicts", "no conflicts found")
                : new Condition(Definition.NAMES_ACCEPTED, "False", conflict, message));
        if (!definition.isTrue(Definition.ESTABLISHED)) {
            conditions.add(conflict == null
                    ? new Condition(Definition.ESTABLISHED, "True", "InitialNamesAccepted",
                            "the initial names have been accepted")
                    : new Condition(Definition.ESTABLISHED, "False", "NotAccepted", "not all names are accepted"));
        }
        return new Decision(accepted, conditions);
    }

    private void take(JsonNode wanted, ObjectNode accepted, String field, Set<String> used, String conflict) {
        String name = text(wanted, field);
        if (!name.equals(text(accepted, field)) && used.contains(name)) {
            reason = conflict;
            message = "\"" + name + "\" is already in use";
        } else {
            accepted.put(field, name);
        }
    }

    private void takeShortNames(JsonNode wanted, ObjectNode accepted) {
        Set<String> own = new HashSet<>();
        accepted.path("shortNames").forEach(name -> own.add(name.stringValue("")));
        List<String> conflicts = new ArrayList<>();
        ArrayNode names = JsonNodeFactory.instance.arrayNode();
        for (JsonNode name : wanted.path("shortNames")) {
            names.add(name);
            if (!own.contains(name.stringValue("")) && usedResources.contains(name.stringValue(""))) {
                conflicts.add("\"" + name.stringValue("") + "\" is already in use");
            }
        }
        if (!conflicts.isEmpty()) {
            reason = "ShortNamesConflict";
            message = conflicts.size() == 1 ? conflicts.getFirst() : "[" + String.join(", ", conflicts) + "]";
        } else if (names.isEmpty()) {
            accepted.remove("shortNames");
        } else {
            accepted.set("shortNames", names);
        }
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).stringValue("");
    }
}
