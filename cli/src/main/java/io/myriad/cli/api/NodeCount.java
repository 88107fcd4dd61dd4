package io.myriad.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * How many nodes there are and how many are ready, read page by page from the stream: the list of ten thousand nodes is never held as a whole.
 *
 * @param total
 *            all nodes
 * @param ready
 *            those whose condition Ready is true
 */
public record NodeCount(int total, int ready) {
    private static final int PAGE_SIZE = 500;
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * One node.
     *
     * @param name
     *            its name
     * @param ready
     *            whether its condition Ready is true
     */
    public record NodeSummary(String name, boolean ready) {}

    /** Counts the nodes. */
    public static NodeCount of(ApiClient client) throws IOException {
        int[] counts = new int[2];
        forEach(client, node -> {
            counts[0]++;
            counts[1] += node.ready() ? 1 : 0;
        });
        return new NodeCount(counts[0], counts[1]);
    }

    /** The names of all nodes. */
    public static List<String> names(ApiClient client) throws IOException {
        List<String> names = new ArrayList<>();
        forEach(client, node -> names.add(node.name()));
        return names;
    }

    private static void forEach(ApiClient client, Consumer<NodeSummary> consumer) throws IOException {
        String token = "";
        do {
            String path = "/api/v1/nodes?limit=" + PAGE_SIZE
                    + (token.isEmpty() ? "" : "&continue=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
            token = client.get(path, body -> page(body, consumer));
        } while (!token.isEmpty());
    }

    /** Hands on the nodes of a page and returns the token of the next one, empty after the last. */
    static String page(InputStream body, Consumer<NodeSummary> consumer) throws IOException {
        String token = "";
        Deque<String> path = new ArrayDeque<>();
        String name = "";
        String type = "";
        String status = "";
        boolean ready = false;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            String field = "";
            for (JsonToken next = parser.nextToken(); next != null; next = parser.nextToken()) {
                switch (next) {
                    case PROPERTY_NAME -> field = parser.currentName();
                    case START_OBJECT, START_ARRAY -> {
                        path.addLast(field);
                        field = "";
                    }
                    case END_OBJECT, END_ARRAY -> {
                        String place = String.join("/", path);
                        if (next == JsonToken.END_OBJECT && place.equals("/items/")) {
                            consumer.accept(new NodeSummary(name, ready));
                            ready = false;
                        } else if (next == JsonToken.END_OBJECT && place.equals("/items//status/conditions/")) {
                            ready |= type.equals("Ready") && status.equals("True");
                        }
                        path.removeLast();
                        field = "";
                    }
                    case VALUE_STRING -> {
                        switch (String.join("/", path) + "/" + field) {
                            case "/metadata/continue" -> token = parser.getString();
                            case "/items//metadata/name" -> name = parser.getString();
                            case "/items//status/conditions//type" -> type = parser.getString();
                            case "/items//status/conditions//status" -> status = parser.getString();
                            default -> {
                                // Not looked at.
                            }
                        }
                    }
                    case VALUE_EMBEDDED_OBJECT, VALUE_FALSE, VALUE_NULL, VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT,
                            VALUE_TRUE, NOT_AVAILABLE -> {
                        // Not looked at.
                    }
                }
            }
        }
        return token;
    }
}
