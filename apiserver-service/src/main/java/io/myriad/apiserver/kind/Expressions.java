package io.myriad.apiserver.kind;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.myriad.apiserver.custom.cel.AdmissionExpression;

/**
 * What is wrong with CEL expressions. Those over a write are compiled; of those over devices only the form is looked at:
 * whether brackets and quotes close, and whether two operands stand side by side.
 */
final class Expressions {
    private Expressions() {}

    /** What is wrong with the expression's form; empty when nothing is. */
    static List<String> syntaxErrors(String expression) {
        Deque<Character> open = new ArrayDeque<>();
        boolean operandBefore = false;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfText(expression, i);
                if (i < 0) {
                    return List.of("compilation failed: text is not closed");
                }
                operandBefore = true;
            } else if (c == '(' || c == '[' || c == '{') {
                open.push(c);
                operandBefore = false;
            } else if (c == ')' || c == ']' || c == '}') {
                if (open.isEmpty() || open.pop() != opening(c)) {
                    return List.of("compilation failed: mismatched '" + c + "'");
                }
                operandBefore = true;
            } else if (Character.isLetterOrDigit(c) || c == '_') {
                int end = i;
                while (end < expression.length()
                        && (Character.isLetterOrDigit(expression.charAt(end)) || expression.charAt(end) == '_')) {
                    end++;
                }
                boolean in = expression.substring(i, end).equals("in");
                if (operandBefore && !in) {
                    return List.of("compilation failed: mismatched input '" + expression.substring(i, end) + "'");
                }
                operandBefore = !in;
                i = end - 1;
            } else if (!Character.isWhitespace(c)) {
                operandBefore = false;
            }
        }
        return open.isEmpty() ? List.of() : List.of("compilation failed: '" + open.pop() + "' is not closed");
    }

    /** What is wrong with an expression over a write; empty when nothing is. */
    static List<String> problems(String expression, List<String> variables, boolean condition) {
        String error = AdmissionExpression.compile(expression, variables, condition).error();
        return error.isEmpty() ? List.of() : List.of(error);
    }

    private static char opening(char closing) {
        return switch (closing) {
            case ')' -> '(';
            case ']' -> '[';
            default -> '{';
        };
    }

    private static int endOfText(String expression, int start) {
        for (int i = start + 1; i < expression.length(); i++) {
            if (expression.charAt(i) == '\\') {
                i++;
            } else if (expression.charAt(i) == expression.charAt(start)) {
                return i;
            }
        }
        return -1;
    }
}
