package io.myriad.scheduler.model;

import java.util.List;

import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;

/**
 * A term of a node selector: conditions on a node's labels and fields that all must hold.
 *
 * @param labels conditions on labels
 * @param fields conditions on fields; nodes have one, {@code metadata.name}
 * @param valid false when the term could not be read, which then matches nothing
 */
public record NodeTerm(LabelSelector labels, List<FieldSelector.Requirement> fields, boolean valid) {
    /** The one field that terms can ask for. */
    public static final String NAME_FIELD = "metadata.name";

    public NodeTerm {
        fields = List.copyOf(fields);
    }

    public boolean matches(Node node) {
        if (!valid || !labels.matches(node.labels())) {
            return false;
        }
        for (int i = 0; i < fields.size(); i++) {
            FieldSelector.Requirement field = fields.get(i);
            if (!field.matches(field.field().equals(NAME_FIELD) ? node.name() : "")) {
                return false;
            }
        }
        return true;
    }
}
