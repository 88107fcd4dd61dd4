package io.myriad.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Grafana dashboards of this checkout. */
final class Dashboards {
    private static final Pattern GROUPING = Pattern.compile("\\b(by|without)\\s*\\([^)]*\\)");
    private static final Pattern SELECTOR = Pattern.compile("\\{[^}]*\\}|\\[[^\\]]*\\]");
    private static final Pattern NAME = Pattern.compile("\\b[a-z][a-z0-9_]*\\b(?!\\s*\\()");
    private static final Set<String> WORDS = Set.of("or", "and", "unless");

    private Dashboards() {}

    /** A query of a panel. */
    record Query(String dashboard, String panel, String expression) {
        /** The names of the metrics in it. */
        Set<String> metrics() {
            String bare = SELECTOR.matcher(GROUPING.matcher(expression).replaceAll("")).replaceAll("");
            Set<String> names = new TreeSet<>();
            Matcher matcher = NAME.matcher(bare);
            while (matcher.find()) {
                if (!WORDS.contains(matcher.group())) {
                    names.add(matcher.group());
                }
            }
            return names;
        }

        /** As Grafana would send it: all instances, rates over a time that holds a few scrapes. */
        String filled(String interval) {
            return expression.replace("$__rate_interval", interval).replace("$instance", ".*");
        }

        @Override
        public String toString() {
            return dashboard + ": " + panel + ": " + expression;
        }
    }

    static Path directory() {
        return MyriadCommand.checkout().resolve("observability").resolve("dashboards");
    }

    /** The documents, in the order of their names. */
    static List<JsonNode> all() throws IOException {
        List<JsonNode> dashboards = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory())) {
            for (Path file : files.sorted().toList()) {
                dashboards.add(JsonMapper.shared().readTree(Files.readString(file)));
            }
        }
        return dashboards;
    }

    static List<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (JsonNode dashboard : all()) {
            for (JsonNode panel : dashboard.path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    queries.add(new Query(dashboard.path("title").asString(), panel.path("title").asString(),
                            target.path("expr").asString()));
                }
            }
        }
        return queries;
    }
}
