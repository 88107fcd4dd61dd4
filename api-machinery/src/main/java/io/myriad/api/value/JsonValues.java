package io.myriad.api.value;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;

/**
 * Equality and order of JSON values as the API sees them: numbers by value whatever node holds them, objects whatever
 * the order of their fields. The order is structured-merge-diff's: numbers, strings, booleans, lists, objects, null.
 */
public final class JsonValues {
    private JsonValues() {}

    /** Whether two values are the same. */
    public static boolean equal(JsonNode left, JsonNode right) {
        if (left == right) {
            return true;
        }
        if (left.isNumber()) {
            return right.isNumber() && compareNumbers(left, right) == 0;
        }
        if (left.isObject()) {
            return right.isObject() && equalObjects(left, right);
        }
        if (left.isArray()) {
            return right.isArray() && equalArrays(left, right);
        }
        return left.equals(right);
    }

    private static boolean equalObjects(JsonNode left, JsonNode right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (var field : left.properties()) {
            JsonNode other = right.get(field.getKey());
            if (other == null || !equal(field.getValue(), other)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalArrays(JsonNode left, JsonNode right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** A total order over values of any type, in which values that are the same compare as 0. */
    public static int compare(JsonNode left, JsonNode right) {
        int rank = Integer.compare(rank(left), rank(right));
        if (rank != 0) {
            return rank;
        }
        if (left.isNumber()) {
            return compareNumbers(left, right);
        }
        if (left.isBoolean()) {
            return Boolean.compare(left.booleanValue(), right.booleanValue());
        }
        if (left.isArray()) {
            return compareArrays(left, right);
        }
        if (left.isObject()) {
            return compareObjects(left, right);
        }
        return left.isNull() ? 0 : left.asString("").compareTo(right.asString(""));
    }

    private static int rank(JsonNode value) {
        return value.isNumber()
                ? 0
                : value.isString() ? 1 : value.isBoolean() ? 2 : value.isArray() ? 3 : value.isObject() ? 4 : 5;
    }

    private static int compareNumbers(JsonNode left, JsonNode right) {
        if (left.canConvertToLong() && left.isIntegralNumber() && right.canConvertToLong()
                && right.isIntegralNumber()) {
            return Long.compare(left.longValue(), right.longValue());
        }
        return left.decimalValue().compareTo(right.decimalValue());
    }

    private static int compareArrays(JsonNode left, JsonNode right) {
        int common = Math.min(left.size(), right.size());
        for (int i = 0; i < common; i++) {
            int order = compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static int compareObjects(JsonNode left, JsonNode right) {
        Iterator<String> leftNames = sortedNames(left).iterator();
        Iterator<String> rightNames = sortedNames(right).iterator();
        while (leftNames.hasNext() && rightNames.hasNext()) {
            String leftName = leftNames.next();
            String rightName = rightNames.next();
            int order = leftName.compareTo(rightName);
            if (order == 0) {
                order = compare(left.path(leftName), right.path(rightName));
            }
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(leftNames.hasNext(), rightNames.hasNext());
    }

    private static List<String> sortedNames(JsonNode object) {
        return new ArrayList<>(new TreeSet<>(object.propertyNames()));
    }
}
