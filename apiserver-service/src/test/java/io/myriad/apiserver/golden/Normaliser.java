package io.myriad.apiserver.golden;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Replaces what differs from run to run by placeholders: uids, times, versions, addresses. With {@code relations} distinct
 * versions and uids of a case are numbered, so that equal ones stay equal and different ones different.
 */
final class Normaliser {
    private static final Pattern UUID_INSIDE = Pattern
            .compile("\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");
    private static final Pattern TIME = Pattern
            .compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");
    private static final Pattern AGE = Pattern.compile("(\\d+(ms|[smhdy]))+");
    private static final Pattern AGO = Pattern.compile("\\((\\d+(ms|[smhdy]))+ ago\\)");
    private static final Pattern TOKEN_VOLUME = Pattern.compile("kube-api-access-[a-z0-9]{5}");
    private static final Pattern CREDENTIAL = Pattern.compile("X509SHA256=[0-9a-f]{64}");
    private static final Pattern VERSION = Pattern.compile("[0-9]+");
    private static final Set<String> DROPPED = Set.of("message", "description");
    private static final Set<String> PROSE = Set.of("reason", "error", "evaluationError",
            "kubernetes.io/limit-ranger");
    private static final int TEXT_LIMIT = 10;

    private final boolean managedFields;
    private final Map<String, Integer> versions = new HashMap<>();
    private final Map<String, Integer> uids = new HashMap<>();
    private boolean relations;
    private @Nullable String prefix;

    Normaliser(boolean relations, boolean managedFields) {
        this.relations = relations;
        this.managedFields = managedFields;
    }

    /** The {@code generateName} of the request that is being answered. */
    void prefix(@Nullable String generateName) {
        prefix = generateName;
    }

    /** The body of an answer, or null when there is none to compare. */
    @Nullable
    JsonNode body(String contentType, byte[] data, boolean listVersion) {
        if (data.length == 0) {
            return null;
        }
        if (contentType.contains("json")) {
            try {
                return value(JsonMapper.shared().readTree(data), listVersion);
            } catch (JacksonException broken) {
                return text("<not json>");
            }
        }
        if (contentType.startsWith("text/plain")) {
            String body = new String(data, StandardCharsets.UTF_8).strip();
            return text(body.length() <= TEXT_LIMIT ? body : "<text>");
        }
        return text("<bytes>");
    }

    /** The events of a watch's body. */
    ArrayNode events(byte[] data, boolean listVersion, boolean bookmarks) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        for (String line : new String(data, StandardCharsets.UTF_8).split("\n")) {
            if (line.isBlank()) {
                continue;
            }
            JsonNode event;
            try {
                event = JsonMapper.shared().readTree(line);
            } catch (JacksonException broken) {
                result.add("<not json>");
                continue;
            }
            boolean bookmark = event.path("type").stringValue("").equals("BOOKMARK");
            boolean end = event.path("object").path("metadata").path("annotations").has("k8s.io/initial-events-end");
            if (bookmark && !bookmarks && !end) {
                continue;
            }
            boolean kept = relations;
            relations = kept && !(bookmark && !listVersion);
            result.add(value(event, false));
            relations = kept;
        }
        return result;
    }

    JsonNode value(JsonNode value, boolean listVersion) {
        if (value instanceof ObjectNode object) {
            return object(object, listVersion);
        }
        if (value.isArray()) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            value.forEach(element -> result.add(value(element, listVersion)));
            return result;
        }
        return value.isString() ? text(string(value.stringValue())) : value;
    }

    private String string(String value) {
        String result = value;
        if (result.length() >= 36) {
            Matcher matcher = UUID_INSIDE.matcher(result);
            result = matcher.replaceAll(found -> Matcher.quoteReplacement(uid(found.group())));
        }
        if (TIME.matcher(result).matches() && !result.startsWith("2001-")) {
            return result.contains(".") ? "<microtime>" : "<time>";
        }
        if (TOKEN_VOLUME.matcher(result).matches()) {
            return "kube-api-access-<suffix>";
        }
        return CREDENTIAL.matcher(result).matches() ? "X509SHA256=<hash>" : result;
    }

    private String version(String value) {
        return relations ? "<rv:" + number(versions, value) + ">" : "<rv>";
    }

    private String uid(String value) {
        return relations ? "<uid:" + number(uids, value) + ">" : "<uid>";
    }

    private static int number(Map<String, Integer> numbers, String value) {
        return numbers.computeIfAbsent(value, ignored -> numbers.size() + 1);
    }

    private ObjectNode object(ObjectNode object, boolean listVersion) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        boolean list = object.path("items").isArray() || object.path("rows").isArray()
                || object.path("kind").stringValue("").endsWith("List");
        for (String key : new TreeSet<>(object.propertyNames())) {
            JsonNode item = object.path(key);
            if (DROPPED.contains(key) && !item.isObject() || key.equals("managedFields") && !managedFields) {
                continue;
            }
            result.set(key, member(object, key, item, list, listVersion));
        }
        return result;
    }

    private JsonNode member(ObjectNode object, String key, JsonNode item, boolean list, boolean listVersion) {
        if (key.equals("metadata") && item instanceof ObjectNode metadata) {
            return metadata(metadata, list, listVersion);
        }
        if (key.equals("causes") && item.isArray()) {
            return sorted(item, true);
        }
        if ((key.equals("resourceRules") || key.equals("nonResourceRules")) && object.has("incomplete")) {
            return sorted(item, false);
        }
        if (key.equals("clusterIPs") && item.isArray()) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            item.forEach(ip -> result.add(Set.of("", "None").contains(ip.stringValue("")) ? ip : text("<ip>")));
            return result;
        }
        if (Set.of("nodePort", "healthCheckNodePort").contains(key) && item.isIntegralNumber()
                && item.longValue() > 0) {
            return text("<port>");
        }
        if (key.equals("cells") && item.isArray()) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            item.forEach(cell -> result.add(cell(cell)));
            return result;
        }
        if (item.isString()) {
            String replaced = named(key, item.stringValue());
            if (replaced != null) {
                return text(replaced);
            }
        }
        return value(item, listVersion);
    }

    private @Nullable String named(String key, String value) {
        return switch (key) {
            case "name" -> generated(prefix, value);
            case "resourceVersion" -> isVersion(value) ? version(value) : null;
            // The port of the recorded server, which is another one here.
            case "serverAddress" -> value.replaceFirst(":[0-9]+$", ":26443");
            case "clusterIP", "loadBalancerIP" -> value.isEmpty() || value.equals("None") ? null : "<ip>";
            case "token" -> value.chars().filter(c -> c == '.').count() == 2 ? "<token>" : null;
            default -> PROSE.contains(key) && value.contains(" ") ? "<text>" : null;
        };
    }

    private static boolean isVersion(String value) {
        return VERSION.matcher(value).matches() && !value.equals("0");
    }

    private static @Nullable String generated(@Nullable String prefix, String name) {
        return prefix != null && !prefix.isEmpty() && name.startsWith(prefix)
                && name.substring(prefix.length()).matches("[a-z0-9]{5}") ? prefix + "<suffix>" : null;
    }

    private JsonNode cell(JsonNode cell) {
        if (!cell.isString()) {
            return value(cell, false);
        }
        String text = cell.stringValue();
        return text(AGE.matcher(text).matches() ? "<age>" : string(AGO.matcher(text).replaceAll("(<age> ago)")));
    }

    private ObjectNode metadata(ObjectNode metadata, boolean list, boolean listVersion) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        String generateName = metadata.path("generateName").stringValue("");
        for (String key : new TreeSet<>(metadata.propertyNames())) {
            JsonNode item = metadata.path(key);
            String text = item.stringValue("");
            if (key.equals("managedFields")) {
                if (managedFields) {
                    result.set(key, sorted(item, true));
                }
            } else if (key.equals("resourceVersion") && isVersion(text)) {
                result.put(key, list && !listVersion ? "<rv>" : version(text));
            } else if (key.equals("continue") && !text.isEmpty()) {
                result.put(key, "<continue>");
            } else if (key.equals("name") && generated(generateName, text) != null) {
                result.put(key, generateName + "<suffix>");
            } else {
                result.set(key, value(item, false));
            }
        }
        return result;
    }

    private ArrayNode sorted(JsonNode array, boolean normalise) {
        List<JsonNode> items = new ArrayList<>();
        array.forEach(item -> items.add(normalise ? value(item, false) : item));
        items.sort(Comparator.comparing(Normaliser::canonical));
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        items.forEach(result::add);
        return result;
    }

    /** The value as text with sorted keys. */
    static String canonical(JsonNode value) {
        if (value instanceof ObjectNode object) {
            StringBuilder text = new StringBuilder("{");
            for (String key : new TreeSet<>(object.propertyNames())) {
                text.append('"').append(key).append("\": ").append(canonical(object.path(key))).append(", ");
            }
            return text.append('}').toString();
        }
        if (value.isArray()) {
            StringBuilder text = new StringBuilder("[");
            value.forEach(item -> text.append(canonical(item)).append(", "));
            return text.append(']').toString();
        }
        return value.toString();
    }

    private static StringNode text(String value) {
        return StringNode.valueOf(value);
    }
}
