package io.myriad.api.codec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.api.testing.RandomObjects;
import io.myriad.api.value.GoDuration;
import io.myriad.api.value.Names;
import io.myriad.api.value.Quantity;
import io.myriad.api.value.Timestamps;

import static org.assertj.core.api.Assertions.assertThat;

/** Every byte and every message beside the real code's. Needs Go: {@code ./mvnw -Ppeers -pl api-machinery test}. */
@Tag("peers")
class ReferenceCodecTest {
    private static final long SEED = Long.getLong("myriad.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("myriad.rounds", 3);
    private static final double[] FILLS = {0, 0.3, 0.9};

    private static ReferenceCodec reference;

    private final Schema schema = Schema.builtin();
    private final List<String> differences = new ArrayList<>();

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        reference = ReferenceCodec.start();
    }

    @AfterAll
    static void stop() {
        reference.close();
    }

    @Test
    void randomObjectsOfEveryKindHaveTheSameBytesAndJson() {
        Random random = new Random(SEED);
        int compared = 0;
        List<String> unknown = new ArrayList<>();
        for (GroupVersionKind kind : schema.kinds()) {
            ObjectType type = schema.kind(kind);
            if (type.protoName() == null || !type.typeMeta()) {
                continue;
            }
            for (int round = 0; round < ROUNDS * FILLS.length; round++) {
                ObjectNode object = new RandomObjects(random, FILLS[round % FILLS.length]).of(kind, type);
                ObjectNode request = ReferenceCodec.request("encode").put("apiVersion", kind.apiVersion())
                        .put("kind", kind.kind())
                        .put("json", new String(JsonWriter.write(object), StandardCharsets.UTF_8));
                JsonNode answer = reference.ask(request);
                if (answer.path("unknown").booleanValue(false)) {
                    unknown.add(kind.toString());
                    break;
                }
                if (answer.has("error") || answer.has("strict")) {
                    differences.add(kind + ": " + answer.path("error") + answer.path("strict"));
                    break;
                }
                compared++;
                compareObject(kind, type, object, answer);
            }
        }
        System.out.println(compared + " objects compared; kinds unknown to the reference: " + unknown);
        assertThat(differences).as("-Dmyriad.seed=" + SEED).isEmpty();
        assertThat(compared).isGreaterThan(1000);
    }

    /** Values turned into null or into another type, unknown and doubled fields: refused, reported and read alike. */
    @Test
    void damagedObjectsAreReadAlike() {
        Random random = new Random(SEED);
        int refused = 0;
        int sameWords = 0;
        int accepted = 0;
        for (GroupVersionKind kind : schema.kinds()) {
            ObjectType type = schema.kind(kind);
            if (type.protoName() == null || !type.typeMeta()) {
                continue;
            }
            for (int round = 0; round < ROUNDS * 5; round++) {
                ObjectNode object = new RandomObjects(random, 0.4).of(kind, type);
                damage(object, random, 0);
                String json = doubled(object, random);
                JsonNode answer = reference.ask(ReferenceCodec.request("encode").put("apiVersion", kind.apiVersion())
                        .put("kind", kind.kind()).put("json", json));
                if (answer.path("unknown").booleanValue(false)) {
                    break;
                }
                try {
                    JsonReader.Parsed parsed = JsonReader.read(json.getBytes(StandardCharsets.UTF_8), type);
                    byte[] bytes = Envelope.wrap(kind.apiVersion(), kind.kind(),
                            ProtobufWriter.write(parsed.object(), type));
                    List<String> strict = new ArrayList<>();
                    answer.path("strict").forEach(problem -> strict.add(problem.stringValue()));
                    if (answer.has("error")) {
                        differences.add(kind + " accepted, theirs " + answer.get("error") + " " + json);
                    } else if (!strict.equals(parsed.problems())) {
                        differences.add(kind + " " + strict + " ours " + parsed.problems());
                    } else if (!Arrays.equals(bytes,
                            Base64.getDecoder().decode(answer.get("protobuf").stringValue()))) {
                        differences.add(kind + " bytes of " + json);
                    }
                    accepted++;
                } catch (StatusException refusal) {
                    refused++;
                    if (!answer.has("error")) {
                        differences.add(kind + " refused: " + refusal.getMessage() + " " + json);
                    } else if (refusal.getMessage().endsWith(answer.get("error").stringValue())) {
                        sameWords++;
                    }
                }
            }
        }
        System.out.println(accepted + " damaged objects read, " + refused + " refused, " + sameWords
                + " of them in the same words");
        assertThat(differences).as("-Dmyriad.seed=" + SEED).isEmpty();
    }

    private static void damage(JsonNode node, Random random, int depth) {
        if (node instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                if (depth == 0 && (name.equals("kind") || name.equals("apiVersion"))) {
                    continue;
                }
                switch (random.nextInt(60)) {
                    // Bytes in a map are left alone: nil and empty differ in upstream's bytes and nowhere else.
                    case 0, 1, 2 -> object.set(name,
                            isBytes(object.get(name)) ? object.get(name) : object.nullNode());
                    case 3 -> object.put(name, "text");
                    case 4 -> object.put(name, 7);
                    case 5 -> object.put(name, 1.5);
                    case 6 -> object.put(name, true);
                    case 7 -> object.putArray(name).add(1);
                    case 8 -> object.putObject(name).put("a", "b");
                    case 9 -> object.put(name + "X", 1);
                    case 10 -> object.put(name + "\"\n\u0001\u2028\u00e9", 1);
                    default -> damage(object.get(name), random, depth + 1);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (random.nextInt(30) == 0) {
                    array.setNull(i);
                } else {
                    damage(array.get(i), random, depth + 1);
                }
            }
        }
    }

    private static boolean isBytes(JsonNode value) {
        try {
            return value.isString() && Base64.getDecoder().decode(value.stringValue()).length > 0;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** The object's JSON with its first members once more at its end, now and then. */
    private static String doubled(ObjectNode object, Random random) {
        String json = new String(JsonWriter.write(object), StandardCharsets.UTF_8);
        if (random.nextInt(4) > 0 || !object.has("metadata")) {
            return json;
        }
        return json.substring(0, json.length() - 1) + ",\"kind\":" + object.get("kind") + "}";
    }

    private void compareObject(GroupVersionKind kind, ObjectType type, ObjectNode object, JsonNode answer) {
        byte[] expected = Base64.getDecoder().decode(answer.get("protobuf").stringValue());
        byte[] message = ProtobufWriter.write(object, type);
        if (!Arrays.equals(expected, Envelope.wrap(kind.apiVersion(), kind.kind(), message))) {
            differences.add(kind + " bytes of " + object);
        }
        Envelope envelope = Envelope.parse(expected);
        // What the real decoder makes of the bytes, which knows no difference between nil and empty any more.
        JsonNode decoded = reference.ask(ReferenceCodec.request("decode").put("apiVersion", kind.apiVersion())
                .put("kind", kind.kind()).put("protobuf", answer.get("protobuf").stringValue()));
        ByteArraySink streamed = new ByteArraySink();
        ProtobufToJson.transcode(expected, envelope.offset(), envelope.length(), type, envelope.apiVersion(),
                envelope.kind(), streamed);
        JsonNode theirs = untyped(decoded.get("json").stringValue().getBytes(StandardCharsets.UTF_8));
        JsonNode ours = untyped(streamed.toByteArray());
        if (!theirs.equals(ours)) {
            differences.add(kind + " JSON\n  " + theirs + "\n  " + ours);
        }
    }

    private static JsonNode untyped(byte[] json) {
        return JsonReader.read(json, null).object();
    }

    @Test
    void theSamplesOfTheRealRepositoryHaveTheSameBytesAndJson() throws Exception {
        Path samples = ReferenceCodec.moduleDirectory("k8s.io/api").resolve("testdata/HEAD");
        int compared = 0;
        try (var files = Files.list(samples)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".pb")).sorted().toList()) {
                byte[] expected = Files.readAllBytes(file);
                Envelope envelope = Envelope.parse(expected);
                ObjectType type = schema.kind(GroupVersionKind.of(envelope.apiVersion(), envelope.kind()));
                if (type == null) {
                    continue;
                }
                compared++;
                String base = file.toString().replaceFirst("\\.pb$", "");
                byte[] json = Files.readAllBytes(Path.of(base + ".json"));
                byte[] yaml = Files.readAllBytes(Path.of(base + ".yaml"));
                for (JsonReader.Parsed parsed : List.of(JsonReader.read(json, type), YamlReader.read(yaml, type))) {
                    assertThat(parsed.problems()).as(base).isEmpty();
                    assertThat(Envelope.wrap(envelope.apiVersion(), envelope.kind(),
                            ProtobufWriter.write(parsed.object(), type))).as(base).isEqualTo(expected);
                }
                ByteArraySink streamed = new ByteArraySink();
                ProtobufToJson.transcode(expected, envelope.offset(), envelope.length(), type, envelope.apiVersion(),
                        envelope.kind(), streamed);
                assertThat((Object) untyped(streamed.toByteArray())).as(base).isEqualTo(untyped(json));
            }
        }
        System.out.println(compared + " samples compared");
        assertThat(compared).isGreaterThan(100);
    }

    @Test
    void quantities() {
        Random random = new Random(SEED);
        List<String> texts = new ArrayList<>(List.of("", "+", "-", ".", "..", "1.2.3", "5.", ".5", "+.5", "1 ", "1e",
                "1E",
                "1e3", "1E+3", "1e-3", "1e+", "Ki", "-Ki", ".Ki", "Ei", ".Ei", "+Ei", "1Ei", "8Ei", "7.9Ei", "1k", "1K",
                "1mi", "1Mii", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
                "0.0000000001", "0.0000000019", "1.23456789123n", "1e-10", "1e18", "1e19", "123456789012345678",
                "1234567890123456789", "0.00Gi", "0.1Ki", "1.1Ki", "1023Ki", "1024Ki", "1048576Ki", "0x10", "1_000"));
        String alphabet = "0123456789..+-eEinumkKMGTPi";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int digits = random.nextInt(5) == 0 ? random.nextInt(25) : random.nextInt(6);
            for (int k = 0; k < digits; k++) {
                text.append((char) ('0' + (random.nextInt(3) == 0 ? 0 : random.nextInt(10))));
            }
            if (random.nextInt(3) == 0) {
                text.insert(random.nextInt(text.length() + 1), '.');
            }
            if (random.nextInt(4) == 0) {
                text.insert(0, random.nextBoolean() ? '-' : '+');
            }
            String[] suffixes = {"", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
                    "e" + (random.nextInt(30) - 12), "E+" + random.nextInt(9)};
            text.append(suffixes[random.nextInt(suffixes.length)]);
            if (random.nextInt(20) == 0) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            texts.add(text.toString());
        }
        compareTexts("quantity", texts, text -> Quantity.parse(text).canonical());
        for (String text : texts) {
            String canonical;
            try {
                canonical = Quantity.parse(text).canonical();
            } catch (IllegalArgumentException refused) {
                continue;
            }
            byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
            if (Quantity.isSurelyCanonical(ascii, 0, ascii.length)) {
                assertThat(canonical).isEqualTo(text);
            }
        }
    }

    @Test
    void times() {
        Random random = new Random(SEED);
        List<String> texts = new ArrayList<>(List.of("", "2026", "2026-11-23", "2026-11-23T22:19:00Z",
                "2026-11-23t22:19:00Z", "2026-11-23T22:19:00z", "2026-11-23 22:19:00Z", "2026-11-23T22:19:00",
                "2026-11-23T22:19:00.5Z", "2026-11-23T22:19:00,5Z", "2026-11-23T22:19:00.Z", "2026-11-23T22:19:60Z",
                "2026-11-23T24:19:00Z", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-23T22:19:00+01:00",
                "2026-11-23T22:19:00-23:59", "2026-11-23T22:19:00+25:00", "2026-11-23T22:19:00+0100",
                "2026-11-23T22:19:00Zx", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
                "2026-11-23T2:19:00Z", "2026-11-23T22:9:00Z", "2026-11-23T22:19:00.123456Z",
                "2026-11-23T22:19:00.1234567Z", "2026-11-23T22:19:00.12345Z", "2026-11-23T22:19:00.123456789Z",
                "2026-11-23T22:19:00.999999+02:00", "0001-01-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z"));
        for (int i = 0; i < 3000; i++) {
            long seconds = random.nextLong(Timestamps.ZERO_SECONDS - 100, 253_402_300_800L);
            texts.add(random.nextBoolean()
                    ? Timestamps.formatSeconds(seconds)
                    : Timestamps.formatMicro(seconds, random.nextInt(1_000_000_000)));
        }
        compareTexts("time", texts, text -> nullToEmpty(SpecialForms.canonical(ObjectType.Form.TIME, text)));
        compareTexts("microtime", texts, text -> nullToEmpty(SpecialForms.canonical(ObjectType.Form.MICRO_TIME, text)));
    }

    private static String nullToEmpty(JsonNode node) {
        return node == null ? "" : node.stringValue();
    }

    @Test
    void durations() {
        Random random = new Random(SEED);
        List<String> texts = new ArrayList<>(
                List.of("", "0", "+0", "-0", "1", "1s", "1.5h", ".5s", "1.s", ".s", "-1.5h",
                        "1h1m1s1ms1us1ns", "1\u00b5s", "1\u03bcs", "1d", "1 s", "9223372036854775807ns",
                        "9223372036854775808ns", "-9223372036854775808ns", "-9223372036854775809ns", "2562048h",
                        "0.000000001s", "0.9999999999s", "3000000h", "1e3s", "--1s", "1s-1s", "0.1ns",
                        "100000000000000000000s"));
        for (int i = 0; i < 3000; i++) {
            texts.add(GoDuration.format(random.nextLong() >> random.nextInt(64)));
            texts.add(random.nextInt(1000) + "." + random.nextInt(100_000)
                    + List.of("ns", "us", "ms", "s", "m", "h").get(random.nextInt(6)));
        }
        compareTexts("duration", texts, text -> GoDuration.format(GoDuration.parse(text)));
    }

    private void compareTexts(String operation, List<String> texts, Function<String, String> ours) {
        for (String text : texts) {
            JsonNode answer = reference.ask(ReferenceCodec.request(operation).put("text", text));
            String expected = answer.has("error") ? "refused" : answer.path("text").stringValue("");
            String found;
            String message = "";
            try {
                found = ours.apply(text);
            } catch (DateTimeException | IllegalArgumentException refused) {
                found = "refused";
                message = refused.getMessage();
            }
            if (!expected.equals(found)) {
                differences.add(operation + " \"" + text + "\": " + answer + ", ours " + found + " " + message);
            } else if (answer.has("error") && !answer.get("error").stringValue().equals(message)) {
                differences.add(operation + " \"" + text + "\": " + answer + ", ours " + message);
            }
        }
        assertThat(differences).as("-Dmyriad.seed=" + SEED).isEmpty();
    }

    @Test
    void names() {
        Map<String, Function<String, List<String>>> rules = new LinkedHashMap<>();
        rules.put("dns1123Label", Names::dns1123Label);
        rules.put("dns1123Subdomain", Names::dns1123Subdomain);
        rules.put("dns1123SubdomainCaseless", Names::dns1123SubdomainCaseless);
        rules.put("dns1123SubdomainWithUnderscore", Names::dns1123SubdomainWithUnderscore);
        rules.put("dns1035Label", Names::dns1035Label);
        rules.put("wildcardDns1123Subdomain", Names::wildcardDns1123Subdomain);
        rules.put("qualifiedName", Names::qualifiedName);
        rules.put("labelValue", Names::labelValue);
        rules.put("pathSegment", Names::pathSegment);
        rules.put("pathSegmentPrefix", Names::pathSegmentPrefix);
        rules.put("cIdentifier", Names::cIdentifier);
        rules.put("environmentVariable", Names::environmentVariable);
        rules.put("relaxedEnvironmentVariable", Names::relaxedEnvironmentVariable);
        rules.put("configMapKey", Names::configMapKey);
        rules.put("httpHeader", Names::httpHeader);
        rules.put("portName", Names::portName);
        rules.put("percent", Names::percent);
        rules.put("decimalInteger", Names::decimalInteger);
        Random random = new Random(SEED);
        List<String> texts = new ArrayList<>(List.of("", "a", "A", "-", ".", "..", "...", "_", "a-b", "-a", "a-", "a.b",
                "a..b", ".a", "a.", "*.a", "*.", "*", "*.*.a", "a/b", "/b", "a/", "a/b/c", "A/b", "a/B", "a b", "1",
                "1a",
                "0", "-1", "-0", "01", "1%", "%", "x%", "a=b", "a_b", "_a", "a._b", "a\u00e9", "\u00e9", "\u2028",
                "a--b",
                "x".repeat(63), "x".repeat(64), "x".repeat(253), "x".repeat(254), "\u00e9".repeat(40),
                "a.".repeat(130) + "a", "x".repeat(64) + "/y", "p/" + "x".repeat(64), "aaaaaaaaaaaaaaaa", "..data",
                "\ud83d\ude80", "\u0130"));
        String alphabet = "aaabzAZ09-_./*%= \u00e9";
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(8); k >= 0; k--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            texts.add(text.toString());
        }
        rules.forEach((rule, check) -> {
            for (String text : texts) {
                JsonNode answer = reference
                        .ask(ReferenceCodec.request("name").put("rule", rule).put("text", text));
                List<String> expected = new ArrayList<>();
                answer.path("messages").forEach(message -> expected.add(message.stringValue()));
                List<String> found = check.apply(text);
                if (!expected.equals(found)) {
                    differences.add(rule + " \"" + text + "\": " + expected + ", ours " + found);
                }
            }
        });
        assertThat(differences).as("-Dmyriad.seed=" + SEED).isEmpty();
    }

    @Test
    void yaml() {
        List<String> documents = new ArrayList<>();
        for (String scalar : List.of("y", "Y", "yes", "Yes", "YES", "yEs", "n", "no", "on", "Off", "true", "TRUE", "~",
                "null",
                "Null", "''", "\"\"", "0", "-0", "+1", "007", "08", "0x1f", "0o17", "0b101", "-0b11", "1_000", "1e3",
                "1.0",
                "1.5", ".5", "5.", "1e400", "-1e-400", "123456789012345678901", "9223372036854775807",
                "9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775809",
                "2026-11-23", "2026-11-23T22:19:00Z", "12:30:45", "1:2", "0.0.0.0", "1.2.3", "'yes'", "\"1\"", "! 1",
                "!!str 1", "!!int 1", "!!int x", "!!float 1", "!!bool yes", "!!null ''", "!custom x", "<<", "=", "0x",
                "+", "-x", ".", "-.5", "+.5e1", "1e+3", "1E3", "0777", "00", "_1", "1__0", "~x", "'it''s'",
                "|\n  block\n  text\n", ">\n  folded\n  text\n", "\"esc \\u00e9 \\x41 \\n\"", "[1, a, yes]",
                "{a: 1, 2: b}",
                "[]", "{}", "&x foo", "12e03", "1.e3", "0.1e1", "+12", "+0x10", "-0x10", "1.0e0",
                "1000000000000000000000.0",
                "4.35", "100000000000000000000", "1e21", "1e20")) {
            documents.add("a: " + scalar + "\n");
            documents.add(
                    scalar.contains("\n") || scalar.startsWith("[") || scalar.startsWith("{") || scalar.equals("<<")
                            ? "b: 1"
                            : "? " + scalar + "\n: value\n");
        }
        documents.addAll(List.of("a: 1\na: 2\n", "a: &x {b: 1}\nc: *x\n", "a: *x\n",
                "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n",
                "c:\n  <<: [{a: 1, b: 2}, {e: 4}]\n  d: 5\n", "a:\n\tb: 1\n", "a: b: c\n", "a: [1, 2\n",
                "- 1\n- 2\n",
                "text\n", "", "---\na: 1\n---\nb: 2\n", "# only\n", "a:\n", "a: 'x\n", "1: x\n1.5: y\ntrue: z\n",
                "%YAML 1.1\n---\na: 1\n", "1e6: a\n1234567.5: b\n1e-5: c\n0.0001: d\n",
                "{\"json\": [1, 2.50, null, \"x\"]}"));
        for (String document : documents) {
            JsonNode answer = reference.ask(ReferenceCodec.request("yaml").put("text", document));
            String found;
            try {
                found = YamlReader.read(document.getBytes(StandardCharsets.UTF_8)).toString();
            } catch (StatusException refused) {
                found = "refused " + refused.getMessage();
            }
            if (answer.has("error") || !answer.path("json").stringValue("").startsWith("{")) {
                if (!found.startsWith("refused")) {
                    differences.add("yaml <" + document + ">: " + answer + ", ours " + found);
                }
            } else if (found.startsWith("refused")
                    || !untyped(found.getBytes(StandardCharsets.UTF_8))
                            .equals(untyped(answer.get("json").stringValue().getBytes(StandardCharsets.UTF_8)))) {
                differences.add("yaml <" + document + ">: " + answer + ", ours " + found);
            }
        }
        assertThat(differences).isEmpty();
    }
}
