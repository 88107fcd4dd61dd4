package io.myriad.api.codec;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.reader.UnicodeReader;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;

/**
 * Reads YAML into a tree by the rules of upstream's library, which turns YAML 1.1 into JSON: {@code yes}, {@code on} and
 * {@code y} are booleans, {@code 0644} is octal, times stay texts, keys become texts, {@code <<} merges. Only the parser's
 * events are used: no tag makes an object. Aliases are copied, up to a bound.
 */
public final class YamlReader {
    /** Values that aliases may add to a document. */
    private static final int MAX_ALIASED_VALUES = 100_000;
    private static final String STR_TAG = "tag:yaml.org,2002:str";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final ParserImpl parser;
    private final Map<String, JsonNode> anchors = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private int aliasBudget = MAX_ALIASED_VALUES;

    private YamlReader(byte[] yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        parser = new ParserImpl(new StreamReader(new UnicodeReader(new ByteArrayInputStream(yaml))), options);
    }

    /**
     * Reads the first document.
     *
     * @throws StatusException 400 when the text is no YAML, no mapping, or has a key twice
     */
    public static ObjectNode read(byte[] yaml) {
        return guarded(yaml, reader -> {
            JsonNode document = reader.nextDocument();
            reader.refuseProblems();
            return object(document);
        });
    }

    /**
     * Reads every document that is not empty.
     *
     * @throws StatusException 400 when the text is no YAML, a document is no mapping, or has a key twice
     */
    public static List<ObjectNode> readAll(byte[] yaml) {
        return guarded(yaml, reader -> {
            List<ObjectNode> documents = new ArrayList<>();
            JsonNode document;
            while ((document = reader.nextDocument()) != null) {
                reader.refuseProblems();
                if (!document.isNull()) {
                    documents.add(object(document));
                }
            }
            return documents;
        });
    }

    /**
     * Reads the first document as {@link JsonReader#read} reads JSON; keys that occur twice are among the problems.
     *
     * @throws StatusException 400 when the text is no YAML, no mapping, or a value has the wrong type
     */
    public static JsonReader.Parsed read(byte[] yaml, @Nullable ObjectType type) {
        return guarded(yaml, reader -> {
            ObjectNode document = object(reader.nextDocument());
            if (type == null) {
                return new JsonReader.Parsed(document, reader.problems);
            }
            JsonReader.Parsed parsed = JsonReader.read(JsonWriter.write(document), type);
            List<String> problems = new ArrayList<>(reader.problems);
            problems.addAll(parsed.problems());
            return new JsonReader.Parsed(parsed.object(), problems);
        });
    }

    private interface Reading<T> {
        T from(YamlReader reader);
    }

    private static <T> T guarded(byte[] yaml, Reading<T> reading) {
        try {
            return reading.from(new YamlReader(yaml));
        } catch (MarkedYAMLException wrong) {
            throw failure(wrong.getProblemMark(), String.valueOf(wrong.getProblem()));
        } catch (YAMLException wrong) {
            throw failure(null, String.valueOf(wrong.getMessage()).lines().findFirst().orElse(""));
        } catch (NumberFormatException wrong) {
            // The parser's own slip over escapes that lack their digits.
            throw failure(null, "found unexpected characters in an escape sequence");
        }
    }

    private static ObjectNode object(@Nullable JsonNode document) {
        if (document instanceof ObjectNode object) {
            return object;
        }
        throw failure(null, "the document is no mapping");
    }

    private void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new StatusException(Status.badRequest("yaml: unmarshal errors: " + String.join(", ", problems)));
        }
    }

    private static StatusException failure(@Nullable Mark at, String problem) {
        return new StatusException(
                Status.badRequest("yaml: " + (at == null ? "" : "line " + (at.getLine() + 1) + ": ") + problem));
    }

    /** The next document's content; null at the stream's end. */
    private @Nullable JsonNode nextDocument() {
        while (true) {
            Event event = parser.getEvent();
            if (event.is(Event.ID.StreamEnd)) {
                return null;
            }
            if (event.is(Event.ID.DocumentStart)) {
                anchors.clear();
                return node(parser.getEvent(), 0);
            }
        }
    }

    private JsonNode node(Event event, int depth) {
        if (depth > CodecLimits.MAX_DEPTH) {
            throw failure(event.getStartMark(), "exceeded max depth of " + CodecLimits.MAX_DEPTH);
        }
        JsonNode node = switch (event) {
            case ScalarEvent scalar -> scalar(scalar);
            case SequenceStartEvent sequence -> sequence(depth);
            case MappingStartEvent mapping -> mapping(depth);
            case AliasEvent alias -> alias(alias, depth);
            default -> throw failure(event.getStartMark(), "unexpected " + event.getEventId());
        };
        if (event instanceof NodeEvent anchored && anchored.getAnchor() != null && !(event instanceof AliasEvent)) {
            anchors.put(anchored.getAnchor(), node);
        }
        return node;
    }

    private ArrayNode sequence(int depth) {
        ArrayNode array = NODES.arrayNode();
        for (Event event = parser.getEvent(); !event.is(Event.ID.SequenceEnd); event = parser.getEvent()) {
            array.add(node(event, depth + 1));
        }
        return array;
    }

    private ObjectNode mapping(int depth) {
        ObjectNode object = NODES.objectNode();
        Map<String, JsonNode> merged = new LinkedHashMap<>();
        for (Event event = parser.getEvent(); !event.is(Event.ID.MappingEnd); event = parser.getEvent()) {
            if (event instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().equals("<<")
                    && scalar.getTag() == null) {
                merge(merged, node(parser.getEvent(), depth + 1), event.getStartMark());
                continue;
            }
            String key = key(event, node(event, depth + 1));
            JsonNode value = node(parser.getEvent(), depth + 1);
            if (object.has(key) && problems.size() < CodecLimits.MAX_STRICT_PROBLEMS) {
                problems.add("line " + (event.getStartMark().getLine() + 1) + ": key \"" + key
                        + "\" already set in map");
            }
            object.set(key, value);
        }
        merged.forEach((key, value) -> {
            if (!object.has(key)) {
                object.set(key, value);
            }
        });
        return object;
    }

    private static void merge(Map<String, JsonNode> into, JsonNode source, Mark at) {
        if (source instanceof ObjectNode object) {
            object.forEachEntry(into::putIfAbsent);
        } else if (source instanceof ArrayNode array) {
            for (JsonNode element : array) {
                if (!element.isObject()) {
                    throw failure(at, "map merge requires map or sequence of maps as the value");
                }
                merge(into, element, at);
            }
        } else {
            throw failure(at, "map merge requires map or sequence of maps as the value");
        }
    }

    private static String key(Event event, JsonNode node) {
        if (node.isNumber() && event instanceof ScalarEvent scalar) {
            String key = YamlScalars.numberKey(scalar.getValue());
            if (key != null) {
                return key;
            }
        }
        return switch (node.getNodeType()) {
            case STRING -> node.stringValue();
            case BOOLEAN -> Boolean.toString(node.booleanValue());
            case NUMBER, OBJECT, ARRAY, NULL, MISSING, BINARY, POJO ->
                throw failure(event.getStartMark(), "unsupported map key of type: " + node.getNodeType());
        };
    }

    private JsonNode alias(AliasEvent event, int depth) {
        JsonNode target = anchors.get(event.getAnchor());
        if (target == null) {
            throw failure(event.getStartMark(), "unknown anchor '" + event.getAnchor() + "' referenced");
        }
        return copy(target, event.getStartMark(), depth);
    }

    private JsonNode copy(JsonNode node, Mark at, int depth) {
        if (--aliasBudget < 0) {
            throw failure(at, "document contains excessive aliasing");
        }
        if (depth > CodecLimits.MAX_DEPTH) {
            throw failure(at, "exceeded max depth of " + CodecLimits.MAX_DEPTH);
        }
        if (node instanceof ObjectNode object) {
            ObjectNode copy = NODES.objectNode();
            object.forEachEntry((key, value) -> copy.set(key, copy(value, at, depth + 1)));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = NODES.arrayNode(array.size());
            for (JsonNode element : array) {
                copy.add(copy(element, at, depth + 1));
            }
            return copy;
        }
        return node;
    }

    private static JsonNode scalar(ScalarEvent event) {
        String value = event.getValue();
        String tag = event.getTag();
        if (tag == null || tag.equals("!")) {
            return event.isPlain() && tag == null ? YamlScalars.resolve(value) : NODES.stringNode(value);
        }
        if (tag.equals(STR_TAG)) {
            return NODES.stringNode(value);
        }
        JsonNode tagged = YamlScalars.resolve(tag, value);
        if (tagged == null) {
            throw failure(event.getStartMark(), "cannot decode `" + value + "` as a " + tag);
        }
        return tagged;
    }
}
