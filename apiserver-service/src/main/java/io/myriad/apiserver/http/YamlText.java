package io.myriad.apiserver.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** Writes trees as YAML in block style with sorted keys, as upstream's converter from JSON does. */
final class YamlText {
    private YamlText() {}

    static byte[] write(JsonNode tree) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndicatorIndent(0);
        options.setWidth(Integer.MAX_VALUE);
        options.setSplitLines(false);
        return new Yaml(options).dump(plain(tree)).getBytes(StandardCharsets.UTF_8);
    }

    private static @org.jspecify.annotations.Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = new TreeMap<>();
                node.forEachEntry((name, value) -> map.put(name, plain(value)));
                yield map;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>(node.size());
                node.forEach(value -> list.add(plain(value)));
                yield list;
            }
            case STRING -> node.asString();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.numberValue();
            case NULL, MISSING -> null;
            case BINARY, POJO -> node.asString();
        };
    }
}
