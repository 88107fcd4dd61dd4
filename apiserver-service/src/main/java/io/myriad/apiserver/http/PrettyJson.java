package io.myriad.apiserver.http;

import io.myriad.api.codec.ByteArraySink;

/** Indents JSON by two spaces, as Go does it: empty objects and arrays stay on one line. */
final class PrettyJson {
    private PrettyJson() {}

    /** The indented form of compact JSON, ending with a line break. */
    static byte[] indent(byte[] json) {
        ByteArraySink out = new ByteArraySink(json.length + json.length / 2);
        int depth = 0;
        boolean inString = false;
        for (int i = 0; i < json.length; i++) {
            byte b = json[i];
            if (inString) {
                out.write(b);
                if (b == '\\') {
                    out.write(json[++i]);
                } else if (b == '"') {
                    inString = false;
                }
                continue;
            }
            switch (b) {
                case '"' -> {
                    inString = true;
                    out.write(b);
                }
                case '{', '[' -> {
                    out.write(b);
                    if (i + 1 < json.length && (json[i + 1] == '}' || json[i + 1] == ']')) {
                        out.write(json[++i]);
                    } else {
                        newLine(out, ++depth);
                    }
                }
                case '}', ']' -> {
                    newLine(out, --depth);
                    out.write(b);
                }
                case ',' -> {
                    out.write(b);
                    newLine(out, depth);
                }
                case ':' -> {
                    out.write(b);
                    out.write(' ');
                }
                case '\n' -> {}
                default -> out.write(b);
            }
        }
        return out.toByteArray();
    }

    private static void newLine(ByteArraySink out, int depth) {
        out.write('\n');
        for (int i = 0; i < depth; i++) {
            out.write(' ');
            out.write(' ');
        }
    }
}
