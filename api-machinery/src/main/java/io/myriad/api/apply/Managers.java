package io.myriad.api.apply;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The managers of one object and what each owns: {@code metadata.managedFields} decoded. Not safe for threads. */
final class Managers {
    /** How many managers that updated may be told apart; what older ones own is put together. */
    static final int MAX_UPDATERS = 10;
    private static final String OLD_UPDATERS = "ancient-changes";
    private static final String APPLY = "Apply";
    private static final String UPDATE = "Update";

    /**
     * What makes a manager: a name owns separately by update and by apply, and by subresource; by update also by
     * version.
     */
    record Id(String manager, boolean applied, String apiVersion, String subresource) {
        static Id updater(Writer writer) {
            return new Id(writer.manager().isEmpty() ? "unknown" : writer.manager(), false, writer.apiVersion(),
                    writer.subresource());
        }

        static Id applier(Writer writer) {
            return new Id(writer.manager().isEmpty() ? "unknown" : writer.manager(), true, "", writer.subresource());
        }

        /** The manager as conflicts name it. */
        String text() {
            return '"' + manager + '"' + (subresource.isEmpty() ? "" : " with subresource \"" + subresource + '"')
                    + (applied ? "" : " using " + apiVersion);
        }
    }

    /**
     * What a manager owns.
     *
     * @param fields what it owns
     * @param apiVersion the version that the fields are of
     * @param time when it last changed something, as the wire has it; null when unknown
     */
    record Owned(FieldSet fields, String apiVersion, @Nullable String time) {
        Owned with(FieldSet others) {
            return new Owned(others, apiVersion, time);
        }
    }

    private final Map<Id, Owned> owners = new LinkedHashMap<>();

    Map<Id, Owned> owners() {
        return owners;
    }

    boolean isEmpty() { return owners.isEmpty(); }

    /**
     * Decodes {@code metadata.managedFields}.
     *
     * @throws IllegalArgumentException when an entry is invalid, saying why
     */
    static Managers decode(@Nullable JsonNode entries) {
        Managers managers = new Managers();
        if (entries == null) {
            return managers;
        }
        for (int i = 0; i < entries.size(); i++) {
            JsonNode entry = entries.get(i);
            String operation = entry.path("operation").asString("");
            if (!operation.equals(APPLY) && !operation.equals(UPDATE)) {
                throw new IllegalArgumentException("operation must be `Apply` or `Update`");
            }
            String apiVersion = entry.path("apiVersion").asString("");
            if (apiVersion.isEmpty()) {
                throw new IllegalArgumentException("apiVersion must not be empty");
            }
            String fieldsType = entry.path("fieldsType").asString("");
            if (!fieldsType.equals("FieldsV1")) {
                throw new IllegalArgumentException(fieldsType.isEmpty()
                        ? "missing fieldsType in managed fields entry " + i
                        : "invalid fieldsType \"" + fieldsType + "\" in managed fields entry " + i);
            }
            boolean applied = operation.equals(APPLY);
            JsonNode fields = entry.get("fieldsV1");
            managers.owners.put(
                    new Id(entry.path("manager").asString(""), applied, applied ? "" : apiVersion,
                            entry.path("subresource").asString("")),
                    new Owned(fields == null || fields.isNull() ? FieldSet.EMPTY : FieldSet.parse(fields), apiVersion,
                            entry.path("time").stringValue(null)));
        }
        return managers;
    }

    /** The managers as {@code metadata.managedFields}: appliers first, then by time and name. */
    ArrayNode encode() {
        List<Map.Entry<Id, Owned>> sorted = new ArrayList<>(owners.entrySet());
        sorted.sort(Comparator.comparing((Map.Entry<Id, Owned> entry) -> !entry.getKey().applied)
                .thenComparing(entry -> sortableTime(entry.getValue()))
                .thenComparing(entry -> entry.getKey().manager).thenComparing(entry -> entry.getValue().apiVersion)
                .thenComparing(entry -> entry.getKey().subresource));
        ArrayNode entries = JsonNodeFactory.instance.arrayNode(sorted.size());
        for (Map.Entry<Id, Owned> owner : sorted) {
            ObjectNode entry = entries.addObject();
            entry.put("manager", owner.getKey().manager);
            entry.put("operation", owner.getKey().applied ? APPLY : UPDATE);
            entry.put("apiVersion", owner.getValue().apiVersion);
            if (owner.getValue().time != null) {
                entry.put("time", owner.getValue().time);
            }
            entry.put("fieldsType", "FieldsV1");
            entry.set("fieldsV1", owner.getValue().fields.toJson());
            if (!owner.getKey().subresource.isEmpty()) {
                entry.put("subresource", owner.getKey().subresource);
            }
        }
        return entries;
    }

    /** Times are written in one form only, in which order of text is order of time. */
    private static String sortableTime(Owned owned) {
        return owned.time == null ? "" : owned.time;
    }

    /** Puts together what the oldest updaters of a version own until there are at most {@link #MAX_UPDATERS}. */
    void limitUpdaters() {
        List<Id> updaters = new ArrayList<>();
        for (Id id : owners.keySet()) {
            if (!id.applied) {
                updaters.add(id);
            }
        }
        int count = updaters.size();
        if (count <= MAX_UPDATERS) {
            return;
        }
        updaters.sort(Comparator.comparing((Id id) -> sortableTime(owned(id))).thenComparing(Id::manager)
                .thenComparing(Id::apiVersion).thenComparing(Id::subresource));
        Map<String, Id> firstOfVersion = new HashMap<>();
        for (Id id : updaters) {
            if (count <= MAX_UPDATERS) {
                return;
            }
            Owned owned = owned(id);
            Id first = firstOfVersion.putIfAbsent(owned.apiVersion, id);
            if (first != null) {
                Id bucket = new Id(OLD_UPDATERS, false, owned.apiVersion, "");
                Owned gathered = owners.containsKey(bucket) ? owned(bucket) : owned(first);
                if (!owners.containsKey(bucket)) {
                    owners.remove(first);
                }
                owners.remove(id);
                owners.put(bucket, new Owned(owned.fields.union(gathered.fields), owned.apiVersion, owned.time));
                count--;
            }
        }
    }

    private Owned owned(Id id) {
        Owned owned = owners.get(id);
        if (owned == null) {
            throw new IllegalStateException("no such manager: " + id);
        }
        return owned;
    }
}
