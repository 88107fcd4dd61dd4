package io.myriad.api.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.myriad.api.FieldError;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.selector.Requirement.Operator;
import io.myriad.api.value.Names;

/**
 * Recursive descent over the label selector grammar:
 *
 * <pre>
 * selector    := [ requirement { "," requirement } ]
 * requirement := [ "!" ] key | key ( "=" | "==" | "!=" | "&gt;" | "&lt;" ) [ value ] | key ( "in" | "notin" ) "(" values ")"
 * values      := [ value ] { "," [ value ] }
 * </pre>
 *
 * A missing value is the empty one, so that {@code a=}, {@code a in ()} and {@code a in (b,)} are valid. {@code in} and
 * {@code notin} are words of the grammar only after a key; elsewhere they are keys and values. White space separates.
 */
final class LabelSelectorParser {
    private enum Kind {
        END, WORD, COMMA, NOT, EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER, LESS, OPEN, CLOSE, ERROR
    }

    private record Token(Kind kind, String text) {}

    private static final Token END = new Token(Kind.END, "");

    private final String text;
    private int position;
    private @Nullable Token next;

    LabelSelectorParser(String text) {
        this.text = text;
    }

    List<Requirement> parse() {
        List<Requirement> requirements = new ArrayList<>();
        Token first = peek();
        if (first.kind == Kind.END) {
            return requirements;
        }
        if (first.kind != Kind.WORD && first.kind != Kind.NOT) {
            throw unexpected(first, "!, identifier, or 'end of string'");
        }
        while (true) {
            requirements.add(requirement());
            Token separator = take();
            if (separator.kind == Kind.END) {
                return requirements;
            }
            if (separator.kind != Kind.COMMA) {
                throw unexpected(separator, "',' or 'end of string'");
            }
            if (peek().kind != Kind.WORD && peek().kind != Kind.NOT) {
                throw unexpected(peek(), "identifier after ','");
            }
        }
    }

    private Requirement requirement() {
        try {
            return checkedRequirement();
        } catch (StatusException failure) {
            throw bad("unable to parse requirement: " + failure.status().message());
        }
    }

    private Requirement checkedRequirement() {
        Token key = take();
        boolean absent = key.kind == Kind.NOT;
        if (absent) {
            key = take();
        }
        if (key.kind != Kind.WORD) {
            throw unexpected(key, "identifier");
        }
        List<String> problems = Names.qualifiedName(key.text);
        if (!problems.isEmpty()) {
            throw bad("<nil>: " + FieldError.invalid("", key.text, String.join("; ", problems)).detail());
        }
        if (absent || peek().kind == Kind.END || peek().kind == Kind.COMMA) {
            return LabelSelectorRules.requirement(key.text, absent ? Operator.DOES_NOT_EXIST : Operator.EXISTS,
                    LabelSelectorRules.setOf());
        }
        Operator operator = operator();
        return LabelSelectorRules.requirement(key.text, operator,
                operator == Operator.IN || operator == Operator.NOT_IN ? values() : value());
    }

    private Operator operator() {
        Token token = take();
        return switch (token.kind) {
            case EQUALS, DOUBLE_EQUALS -> Operator.EQUALS;
            case NOT_EQUALS -> Operator.NOT_EQUALS;
            case GREATER -> Operator.GREATER_THAN;
            case LESS -> Operator.LESS_THAN;
            case WORD, END, COMMA, NOT, OPEN, CLOSE, ERROR -> {
                if (token.text.equals("in")) {
                    yield Operator.IN;
                }
                if (token.text.equals("notin")) {
                    yield Operator.NOT_IN;
                }
                throw unexpected(token, "in, notin, =, ==, !=, gt, lt");
            }
        };
    }

    private SortedSet<String> value() {
        if (peek().kind == Kind.END || peek().kind == Kind.COMMA) {
            return LabelSelectorRules.setOf("");
        }
        Token value = take();
        if (value.kind != Kind.WORD) {
            throw unexpected(value, "identifier");
        }
        return LabelSelectorRules.setOf(value.text);
    }

    private SortedSet<String> values() {
        Token open = take();
        if (open.kind != Kind.OPEN) {
            throw bad("found '" + open.text + "' expected: '('");
        }
        SortedSet<String> values = new TreeSet<>();
        boolean valueMayFollow = true;
        while (true) {
            Token token = take();
            switch (token.kind) {
                case WORD -> {
                    if (!valueMayFollow) {
                        throw unexpected(token, "',' or ')'");
                    }
                    values.add(token.text);
                    valueMayFollow = false;
                }
                case COMMA, CLOSE -> {
                    if (valueMayFollow) {
                        values.add("");
                    }
                    if (token.kind == Kind.CLOSE) {
                        return values;
                    }
                    valueMayFollow = true;
                }
                case END, NOT, EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER, LESS, OPEN, ERROR ->
                    throw unexpected(token, valueMayFollow ? "',', or identifier" : "',' or ')'");
            }
        }
    }

    private Token peek() {
        if (next == null) {
            next = scan();
        }
        return next;
    }

    private Token take() {
        Token token = peek();
        next = null;
        return token;
    }

    private Token scan() {
        while (position < text.length() && isSpace(text.charAt(position))) {
            position++;
        }
        if (position == text.length()) {
            return END;
        }
        int start = position;
        if (!isSymbol(text.charAt(start))) {
            while (position < text.length() && !isSpace(text.charAt(position)) && !isSymbol(text.charAt(position))) {
                position++;
            }
            return new Token(Kind.WORD, text.substring(start, position));
        }
        char symbol = text.charAt(position++);
        boolean equalsFollows = position < text.length() && text.charAt(position) == '=';
        Kind kind = switch (symbol) {
            case ',' -> Kind.COMMA;
            case '(' -> Kind.OPEN;
            case ')' -> Kind.CLOSE;
            case '>' -> Kind.GREATER;
            case '<' -> Kind.LESS;
            case '!' -> equalsFollows ? Kind.NOT_EQUALS : Kind.NOT;
            case '=' -> equalsFollows ? Kind.DOUBLE_EQUALS : Kind.EQUALS;
            default -> Kind.ERROR;
        };
        if (kind == Kind.NOT_EQUALS || kind == Kind.DOUBLE_EQUALS) {
            position++;
        }
        return new Token(kind, text.substring(start, position));
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static boolean isSymbol(char c) {
        return c == '=' || c == '!' || c == '(' || c == ')' || c == ',' || c == '>' || c == '<';
    }

    private static StatusException unexpected(Token found, String expected) {
        return bad("found '" + found.text + "', expected: " + expected);
    }

    private static StatusException bad(String message) {
        return new StatusException(Status.badRequest(message));
    }
}
