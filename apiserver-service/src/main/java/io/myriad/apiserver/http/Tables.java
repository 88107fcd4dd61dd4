package io.myriad.apiserver.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.apiserver.registry.ServedResource;

/** Makes the columns and cells in which objects are printed. Safe for any thread. */
public interface Tables {
    /** Appends the column definitions of a resource. */
    void columns(ServedResource resource, ArrayNode columns);

    /** Appends the column definitions of a built-in kind that nothing is stored of. */
    void columns(GroupVersionKind kind, ArrayNode columns);

    /** Appends the cells of one object of a built-in kind that nothing is stored of. */
    void cells(GroupVersionKind kind, ObjectNode object, ArrayNode cells);

    /** Appends the cells of one object, given as a tree in the served version. */
    void cells(ServedResource resource, ObjectNode object, ArrayNode cells);

    /** The conditions of an object's row, or null for none. */
    default @Nullable ArrayNode conditions(ServedResource resource, ObjectNode object) {
        return null;
    }
}
