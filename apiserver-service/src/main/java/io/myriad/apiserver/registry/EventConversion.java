package io.myriad.apiserver.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.node.ObjectNode;

/** Events: stored in the core group's form, served by {@code events.k8s.io} with newer names for the same fields. */
final class EventConversion implements Conversion {
    private static final String[][] NAMES = {{"involvedObject", "regarding"}, {"message", "note"},
            {"reportingComponent", "reportingController"}, {"source", "deprecatedSource"},
            {"firstTimestamp", "deprecatedFirstTimestamp"}, {"lastTimestamp", "deprecatedLastTimestamp"},
            {"count", "deprecatedCount"}};
    /** The core group always shows them. */
    private static final List<String> OMITTED_WHEN_EMPTY = List.of("reportingController", "reportingInstance");

    @Override
    public ObjectNode toServed(ObjectNode stored) {
        for (String[] pair : NAMES) {
            Conversions.rename(stored, pair[0], pair[1]);
        }
        for (String name : OMITTED_WHEN_EMPTY) {
            if (stored.path(name).asString("").isEmpty()) {
                stored.remove(name);
            }
        }
        return stored;
    }

    @Override
    public Map<String, String> selectableFields(Set<String> stored) {
        Map<String, String> fields = new HashMap<>();
        for (String field : stored) {
            String served = field.replaceFirst("^involvedObject\\.", "regarding.")
                    .replaceFirst("^reportingComponent$", "reportingController");
            if (!field.equals("source")) {
                fields.put(served, field);
            }
        }
        return fields;
    }

    @Override
    public ObjectNode toStored(ObjectNode served) {
        for (String[] pair : NAMES) {
            Conversions.rename(served, pair[1], pair[0]);
        }
        if (!served.has("involvedObject")) {
            served.putObject("involvedObject");
        }
        return served;
    }
}
