package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.Requirement;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;
import io.myriad.apiserver.storage.Selection;

/**
 * A selection made ready to be asked of many objects: what is cheap to look at comes first, and what always holds is left
 * out. Immutable.
 */
final class SelectionFilter {
    private final Indexer indexer;
    private final String namespace;
    private final @Nullable String name;
    private final boolean nothing;
    private final List<FieldSelector.Requirement> fields;
    private final List<Requirement> labels;

    SelectionFilter(Selection selection, Indexer indexer) {
        this.indexer = indexer;
        String onlyNamespace = selection.namespace();
        String onlyName = null;
        boolean contradiction = selection.labels().isNothing();
        List<FieldSelector.Requirement> rest = new ArrayList<>();
        for (FieldSelector.Requirement requirement : selection.fields().requirements()) {
            if (requirement.equal() && requirement.field().equals(Indexer.NAMESPACE)
                    && !requirement.value().isEmpty()) {
                contradiction |= !onlyNamespace.isEmpty() && !onlyNamespace.equals(requirement.value());
                onlyNamespace = requirement.value();
            } else if (requirement.equal() && requirement.field().equals(Indexer.NAME)) {
                contradiction |= onlyName != null && !onlyName.equals(requirement.value());
                onlyName = requirement.value();
            } else {
                rest.add(requirement);
            }
        }
        this.namespace = onlyNamespace;
        this.name = onlyName;
        this.nothing = contradiction;
        this.fields = List.copyOf(rest);
        this.labels = selection.labels().requirements();
    }

    /** The only namespace with selected objects, or empty for all. */
    String namespace() {
        return namespace;
    }

    /** The only name of selected objects, or null for any. */
    @Nullable
    String name() {
        return name;
    }

    /** Whether no object can be selected. */
    boolean isNothing() { return nothing; }

    /** Whether every object of the namespace is selected. */
    boolean isWholeNamespace() {
        return name == null && fields.isEmpty() && labels.isEmpty() && !nothing;
    }

    /** What fields must or must not be, but for a demanded name and namespace. */
    List<FieldSelector.Requirement> fields() {
        return fields;
    }

    List<Requirement> labels() {
        return labels;
    }

    /** The value that a field must have, or null when none is demanded. */
    @Nullable
    String requiredValue(String field) {
        for (FieldSelector.Requirement requirement : fields) {
            if (requirement.equal() && requirement.field().equals(field)) {
                return requirement.value();
            }
        }
        return null;
    }

    /** Whether the object is selected. */
    boolean matches(CachedObject object) {
        if (nothing || !namespace.isEmpty() && !namespace.equals(object.namespace())
                || name != null && !name.equals(object.name())) {
            return false;
        }
        for (int i = 0; i < fields.size(); i++) {
            FieldSelector.Requirement requirement = fields.get(i);
            if (!requirement.matches(indexer.field(object, requirement.field()))) {
                return false;
            }
        }
        for (int i = 0; i < labels.size(); i++) {
            Requirement requirement = labels.get(i);
            if (!requirement.matches(indexer.label(object, requirement.key()))) {
                return false;
            }
        }
        return true;
    }
}
