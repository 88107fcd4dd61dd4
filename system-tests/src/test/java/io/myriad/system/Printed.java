package io.myriad.system;

import java.util.ArrayList;
import java.util.List;

/** A table as kubectl prints it: columns begin where their names begin. */
record Printed(List<String> columns, List<List<String>> rows) {
    static Printed of(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        String head = lines.getFirst();
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < head.length(); i++) {
            if (head.charAt(i) != ' ' && (i == 0 || i > 1 && head.startsWith("  ", i - 2))) {
                starts.add(i);
            }
        }
        List<List<String>> cells = lines.stream().map(line -> cells(line, starts)).toList();
        return new Printed(cells.getFirst(), cells.subList(1, cells.size()));
    }

    private static List<String> cells(String line, List<Integer> starts) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            int start = Math.min(starts.get(i), line.length());
            int end = i + 1 < starts.size() ? Math.min(starts.get(i + 1), line.length()) : line.length();
            cells.add(line.substring(start, end).strip());
        }
        return cells;
    }

    /** All cells of a column. */
    List<String> column(String name) {
        int index = columns.indexOf(name);
        if (index < 0) {
            throw new AssertionError("no column " + name + " in " + columns);
        }
        return rows.stream().map(row -> row.get(index)).toList();
    }

    /** The cell of a column in the row whose first cell begins so. */
    String cell(String row, String column) {
        int index = columns.indexOf(column);
        return rows.stream().filter(cells -> cells.getFirst().startsWith(row)).findFirst()
                .orElseThrow(() -> new AssertionError("no row " + row + " in " + rows)).get(index);
    }
}
