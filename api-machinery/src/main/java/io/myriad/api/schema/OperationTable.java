package io.myriad.api.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table of the API's operations: paths, methods, parameters, bodies and media types. Only who describes the API to
 * clients needs it, so it is read on demand and not kept.
 */
public final class OperationTable {
    private static final String TABLE = "operations.json";

    private OperationTable() {}

    /** Reads the table: {@code operations}, {@code parameters}, {@code queries}, {@code media}, {@code other}. */
    public static JsonNode read() {
        try (InputStream in = OperationTable.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException("the table " + TABLE + " is missing from the class path");
            }
            return JsonMapper.shared().readTree(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
