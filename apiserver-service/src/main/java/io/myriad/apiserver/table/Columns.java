package io.myriad.apiserver.table;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The columns of one kind: a definition and a cell function each. Kinds whose cells share work read it once into a view
 * {@code V} of the row; most use the row itself. Built once, then safe for any thread.
 */
public final class Columns<V> {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String NAME_DESCRIPTION = "What the object is called.";
    private static final String AGE_DESCRIPTION = "Time since the object was created.";

    private record Column<V>(ColumnDefinition definition, Function<V, JsonNode> cell) {}

    private final Function<Row, V> view;
    private final List<Column<V>> columns = new ArrayList<>();
    private final List<ColumnDefinition> definitions = new ArrayList<>();
    private Function<V, @Nullable RowCondition> condition = any -> null;
    private int priority;

    private Columns(Function<Row, V> view) {
        this.view = view;
    }

    /** Columns that begin with the object's name. */
    static Columns<Row> named() {
        return of(row -> row).name(Row::name);
    }

    /** Columns whose cells are made from a view of the row. */
    static <V> Columns<V> of(Function<Row, V> view) {
        return new Columns<>(view);
    }

    /** The column that identifies the object. */
    Columns<V> name(Function<V, String> cell) {
        return add("Name", "string", "name", NAME_DESCRIPTION, text(cell));
    }

    Columns<V> text(String name, Function<V, String> cell) {
        return add(name, "string", "", "", text(cell));
    }

    Columns<V> integer(String name, ToLongFunction<V> cell) {
        return add(name, "integer", "", "", view -> NODES.numberNode(cell.applyAsLong(view)));
    }

    Columns<V> flag(String name, Predicate<V> cell) {
        return add(name, "boolean", "", "", view -> NODES.booleanNode(cell.test(view)));
    }

    /** A column whose cells need not be of its type, as some of upstream's are not. */
    Columns<V> value(String name, String type, Function<V, JsonNode> cell) {
        return add(name, type, "", "", cell);
    }

    Columns<V> age(Function<V, String> cell) {
        return add("Age", "string", "", AGE_DESCRIPTION, text(cell));
    }

    /** Columns from here on are for wide output only. */
    Columns<V> wide() {
        priority = 1;
        return this;
    }

    /** Columns from here on are always shown. */
    Columns<V> narrow() {
        priority = 0;
        return this;
    }

    Columns<V> condition(Function<V, @Nullable RowCondition> rowCondition) {
        condition = rowCondition;
        return this;
    }

    Columns<V> add(String name, String type, String format, String description, Function<V, JsonNode> cell) {
        ColumnDefinition definition = new ColumnDefinition(name, type, format, priority, description);
        definitions.add(definition);
        columns.add(new Column<>(definition, cell));
        return this;
    }

    private static <V> Function<V, JsonNode> text(Function<V, String> cell) {
        return view -> NODES.stringNode(cell.apply(view));
    }

    /** What the columns are. */
    public List<ColumnDefinition> definitions() {
        return List.copyOf(definitions);
    }

    /**
     * The cells of an object, one for each column.
     *
     * @param object the object in a served version of its kind
     * @param now when ages are told
     */
    public List<JsonNode> cells(ObjectNode object, Instant now) {
        V seen = view.apply(new Row(object, now));
        List<JsonNode> cells = new ArrayList<>(columns.size());
        for (Column<V> column : columns) {
            cells.add(column.cell.apply(seen));
        }
        return cells;
    }

    /** What the row says about the object as a whole, or null. */
    public @Nullable RowCondition condition(ObjectNode object, Instant now) {
        return condition.apply(view.apply(new Row(object, now)));
    }
}
