package io.myriad.apiserver.table;

/**
 * One column of a table, as {@code meta.k8s.io/v1 TableColumnDefinition} has it.
 *
 * @param name the heading
 * @param type {@code string}, {@code integer}, {@code number}, {@code boolean} or {@code date}
 * @param format {@code name} for the column that identifies the object, else usually empty
 * @param priority 0 for columns that are always shown, 1 for those of wide output
 * @param description what it means, may be empty
 */
public record ColumnDefinition(String name, String type, String format, int priority, String description) {}
