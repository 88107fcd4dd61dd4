package io.myriad.apiserver.custom.cel;

import java.util.Set;

/** How the names of fields are written in expressions: what is no identifier is escaped. */
final class Identifiers {
    private static final Set<String> KEYWORDS = Set.of("true", "false", "null", "in", "as", "break", "const",
            "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
            "var", "void", "while");

    private Identifiers() {}

    /** The name as an identifier, or empty when it cannot be one. */
    static String escape(String name) {
        if (KEYWORDS.contains(name)) {
            return "__" + name + "__";
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            if (c == '_' && name.startsWith("__", i)) {
                out.append("__underscores__");
                i++;
            } else if (letter || c >= '0' && c <= '9' && i > 0) {
                out.append(c);
            } else if (c == '.') {
                out.append("__dot__");
            } else if (c == '-') {
                out.append("__dash__");
            } else if (c == '/') {
                out.append("__slash__");
            } else {
                return "";
            }
        }
        return out.toString();
    }
}
