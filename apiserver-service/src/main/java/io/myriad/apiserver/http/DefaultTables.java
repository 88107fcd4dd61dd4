package io.myriad.apiserver.http;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.apiserver.registry.ServedResource;

/** The columns of kinds that have none of their own: name and time of creation. */
public final class DefaultTables implements Tables {
    @Override
    public void columns(ServedResource resource, ArrayNode columns) {
        columns.addObject().put("name", "Name").put("type", "string").put("format", "name").put("description", "")
                .put("priority", 0);
        columns.addObject().put("name", "Created At").put("type", "date").put("format", "").put("description", "")
                .put("priority", 0);
    }

    @Override
    public void cells(ServedResource resource, ObjectNode object, ArrayNode cells) {
        cells.add(object.path("metadata").path("name").asString(""));
        cells.add(object.path("metadata").path("creationTimestamp").asString(""));
    }
}
