package io.myriad.api.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON of this module's own tables in the place where it stands, part by part. A general parser would spend half
 * a second of a cold start on them, most of it on parts that a process never asks for; this one steps over such parts and
 * comes back for them. It trusts the text, which the tests read whole.
 */
final class TableText {
    /** A part that was stepped over. */
    record Slice(TableText text, int offset) {
        /** The part as an object. */
        Map<String, Object> object() {
            return text.at(offset).object();
        }
    }

    /** Takes a member whose value comes next; it must read the value or step over it. */
    interface Member {
        void read(String name, Cursor value);
    }

    private final byte[] text;
    /** Texts occur many times over in the tables: each is kept once. */
    private final Map<String, String> known = new HashMap<>();

    private TableText(byte[] text) {
        this.text = text;
    }

    /** The table of this name among the package's resources. */
    static TableText load(String name) {
        try (InputStream in = TableText.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the table " + name + " is missing from the class path");
            }
            return new TableText(in.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A cursor at the table's beginning. */
    Cursor start() {
        return at(0);
    }

    private Cursor at(int offset) {
        return new Cursor(offset);
    }

    private synchronized String shared(String value) {
        return known.computeIfAbsent(value, first -> first);
    }

    /** A place in the text. Not safe for threads. */
    final class Cursor {
        private int at;

        private Cursor(int offset) {
            at = offset;
        }

        /** Reads the members of the object that comes next. */
        void members(Member member) {
            expect('{');
            while (next() != '}') {
                String name = string();
                expect(':');
                member.read(name, this);
                if (next() == ',') {
                    at++;
                }
            }
            at++;
        }

        /** Steps over the value that comes next. */
        Slice skip() {
            next();
            int start = at;
            int depth = 0;
            do {
                switch (text[at++]) {
                    case '{', '[' -> depth++;
                    case '}', ']' -> depth--;
                    case '"' -> skipString();
                    default -> {}
                }
            } while (depth > 0);
            return new Slice(TableText.this, start);
        }

        private void skipString() {
            while (text[at] != '"') {
                at += text[at] == '\\' ? 2 : 1;
            }
            at++;
        }

        /** The object that comes next. */
        Map<String, Object> object() {
            Map<String, Object> object = new LinkedHashMap<>();
            members((name, value) -> object.put(name, value.value()));
            return object;
        }

        /** The value that comes next: a map, list, string, boolean, or number (long, or double where it has a point). */
        Object value() {
            return switch (next()) {
                case '{' -> object();
                case '[' -> list();
                case '"' -> string();
                default -> literal();
            };
        }

        private List<Object> list() {
            List<Object> list = new ArrayList<>();
            expect('[');
            while (next() != ']') {
                list.add(value());
                if (next() == ',') {
                    at++;
                }
            }
            at++;
            return list;
        }

        private Object literal() {
            int from = at;
            while (",]} \n".indexOf(text[at]) < 0) {
                at++;
            }
            String literal = new String(text, from, at - from, StandardCharsets.US_ASCII);
            return switch (literal) {
                case "true" -> Boolean.TRUE;
                case "false" -> Boolean.FALSE;
                default -> literal.indexOf('.') < 0 ? (Object) Long.valueOf(literal) : Double.valueOf(literal);
            };
        }

        private String string() {
            expect('"');
            int from = at;
            skipString();
            String value = new String(text, from, at - 1 - from, StandardCharsets.UTF_8);
            if (value.indexOf('\\') >= 0) {
                throw new IllegalStateException("the tables have no escapes, but: " + value);
            }
            return shared(value);
        }

        private int next() {
            while (text[at] == ' ' || text[at] == '\n') {
                at++;
            }
            return text[at];
        }

        private void expect(char c) {
            if (next() != c) {
                throw new IllegalStateException("expected " + c + " at offset " + at + " of a table");
            }
            at++;
        }
    }
}
