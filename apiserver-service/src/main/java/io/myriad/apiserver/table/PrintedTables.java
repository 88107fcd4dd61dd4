package io.myriad.apiserver.table;

import java.time.InstantSource;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.apiserver.http.Tables;
import io.myriad.apiserver.registry.ServedResource;

/** Prints objects in the columns of their kind. */
public final class PrintedTables implements Tables {
    private final TableColumns builtin = new TableColumns();
    private final Function<GroupVersionKind, @Nullable Columns<?>> custom;
    private final InstantSource clock;

    /**
     * @param clock tells the time for ages
     * @param custom the columns of custom resources, null for kinds that are none
     */
    public PrintedTables(InstantSource clock, Function<GroupVersionKind, @Nullable Columns<?>> custom) {
        this.clock = clock;
        this.custom = custom;
    }

    private Columns<?> of(ServedResource resource) {
        Columns<?> columns = resource.custom() ? custom.apply(resource.kind()) : null;
        return columns == null ? builtin.columnsFor(resource.kind()) : columns;
    }

    @Override
    public void columns(ServedResource resource, ArrayNode columns) {
        columns(of(resource), columns);
    }

    @Override
    public void columns(GroupVersionKind kind, ArrayNode columns) {
        columns(builtin.columnsFor(kind), columns);
    }

    private static void columns(Columns<?> printed, ArrayNode columns) {
        for (ColumnDefinition definition : printed.definitions()) {
            columns.addObject().put("name", definition.name()).put("type", definition.type())
                    .put("format", definition.format()).put("description", definition.description())
                    .put("priority", definition.priority());
        }
    }

    @Override
    public void cells(ServedResource resource, ObjectNode object, ArrayNode cells) {
        cells.addAll(of(resource).cells(object, clock.instant()));
    }

    @Override
    public void cells(GroupVersionKind kind, ObjectNode object, ArrayNode cells) {
        cells.addAll(builtin.columnsFor(kind).cells(object, clock.instant()));
    }

    @Override
    public @Nullable ArrayNode conditions(ServedResource resource, ObjectNode object) {
        RowCondition condition = of(resource).condition(object, clock.instant());
        if (condition == null) {
            return null;
        }
        ArrayNode conditions = JsonNodeFactory.instance.arrayNode(1);
        conditions.addObject().put("type", condition.type()).put("status", condition.status())
                .put("reason", condition.reason()).put("message", condition.message());
        return conditions;
    }
}
