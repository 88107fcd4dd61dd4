package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonTest {
    private final ObjectType pod = Schema.builtin().type("io.k8s.api.core.v1.Pod");

    private static JsonReader.Parsed read(String json, ObjectType type) {
        return JsonReader.read(json.getBytes(StandardCharsets.UTF_8), type);
    }

    /** What is read from the text, which is what is read from its tree too. */
    private String tree(String json) {
        JsonReader.Parsed parsed = read(json, pod);
        assertThat(JsonReader.read(read(json, null).object(), pod)).isEqualTo(parsed);
        return parsed.object().toString();
    }

    @Test
    void unknownFieldsAreReportedAndDropped() {
        JsonReader.Parsed parsed = read(
                "{\"spec\":{\"foo\":1,\"containers\":[{},{\"Name\":\"x\",\"name\":\"y\"}],\"nodeSelector\":{\"any\":\"v\"}}}",
                pod);
        assertThat(parsed.problems()).containsExactly("unknown field \"spec.foo\"",
                "unknown field \"spec.containers[1].Name\"");
        assertThat(parsed.object().toString())
                .isEqualTo("{\"spec\":{\"containers\":[{},{\"name\":\"y\"}],\"nodeSelector\":{\"any\":\"v\"}}}");
    }

    @Test
    void doubledFieldsAreReportedAndTheLastCounts() {
        JsonReader.Parsed parsed = read(
                "{\"kind\":\"a\",\"kind\":\"Pod\",\"metadata\":{\"labels\":{\"a.b\":\"1\",\"a.b\":\"2\"},"
                        + "\"name\":null,\"name\":\"n\"}}",
                pod);
        assertThat(parsed.problems()).containsExactly("duplicate field \"kind\"",
                "duplicate field \"metadata.labels.a.b\"", "duplicate field \"metadata.name\"");
        assertThat(parsed.object().toString())
                .isEqualTo("{\"kind\":\"Pod\",\"metadata\":{\"labels\":{\"a.b\":\"2\"},\"name\":\"n\"}}");
        assertThat(read("{\"x\":{\"a\":1,\"a\":2}}", null).problems()).containsExactly("duplicate field \"x.a\"");
    }

    @Test
    void problemsAreBounded() {
        StringBuilder json = new StringBuilder("{\"spec\":{");
        for (int i = 0; i < 1000; i++) {
            json.append(i == 0 ? "" : ",").append("\"x").append(i).append("\":1");
        }
        assertThat(read(json.append("}}").toString(), pod).problems()).hasSize(100);
    }

    @Test
    void nullIsAbsentAndZeroInsideListsAndMaps() {
        assertThat(tree(
                "{\"metadata\":{\"name\":null,\"creationTimestamp\":null,\"labels\":{\"a\":null},\"finalizers\":[null]},"
                        + "\"spec\":null}"))
                .isEqualTo("{\"metadata\":{\"labels\":{\"a\":\"\"},\"finalizers\":[\"\"]}}");
    }

    @Test
    void valuesGetTheirCanonicalText() {
        assertThat(tree("{\"metadata\":{\"creationTimestamp\":\"2026-11-23T23:19:00.9+01:00\"},\"spec\":{\"overhead\":"
                + "{\"cpu\":0.5,\"memory\":\"1.5Gi\"}}}"))
                .isEqualTo("{\"metadata\":{\"creationTimestamp\":\"2026-11-23T22:19:00Z\"},\"spec\":{\"overhead\":"
                        + "{\"cpu\":\"500m\",\"memory\":\"1536Mi\"}}}");
    }

    @Test
    void wrongTypesAreRefusedInUpstreamsWords() {
        for (List<String> wrong : List.of(
                List.of("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":\"x\"}}",
                        "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field "
                                + "PodSpec.spec.containers of type []v1.Container"),
                List.of("{\"spec\":{\"containers\":[{\"ports\":[{\"containerPort\":\"80\"}]}]}}",
                        "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of "
                                + "type int32"),
                List.of("{\"spec\":{\"priority\":1.5}}",
                        "json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32"),
                List.of("{\"spec\":{\"priority\":2147483648}}",
                        "json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type int32"),
                List.of("{\"spec\":{\"hostPID\":\"yes\"}}",
                        "json: cannot unmarshal string into Go struct field PodSpec.spec.hostPID of type bool"),
                List.of("{\"metadata\":{\"labels\":{\"a\":1}}}",
                        "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"),
                List.of("{\"spec\":{\"overhead\":{\"cpu\":\"much\"}}}",
                        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
                List.of("[]", "json: cannot unmarshal array into Go value of type v1.Pod"))) {
            assertThatThrownBy(() -> read(wrong.get(0), pod)).isInstanceOf(StatusException.class)
                    .hasMessage(wrong.get(1));
            if (wrong.get(0).startsWith("{")) {
                assertThatThrownBy(() -> JsonReader.read(read(wrong.get(0), null).object(), pod))
                        .isInstanceOf(StatusException.class).hasMessage(wrong.get(1));
            }
        }
    }

    @Test
    void textThatIsNoJsonIsRefused() {
        for (String text : List.of("", "{", "{}}", "{} {}", "{'a':1}", "{a:1}", "{\"a\":01}", "{\"a\":NaN}", "nul",
                "\u0000{}",
                "{\"a\":\"\n\"}", "{\"a\":1e999}", "{\"a\":" + "9".repeat(2000) + "}", "\ufeff\u0000{}")) {
            assertThatThrownBy(() -> read(text, null)).as(text).isInstanceOf(StatusException.class);
        }
        assertThatThrownBy(() -> JsonReader.read("{}".getBytes(StandardCharsets.UTF_16), null))
                .isInstanceOf(StatusException.class);
    }

    @Test
    void withoutATypeEverythingStays() {
        String json = "{\"a\":null,\"b\":[1,9223372036854775807,1.5,true,{}],\"c\":\"\\u003c\"}";
        assertThat(new String(JsonWriter.write(read(json, null).object()), StandardCharsets.UTF_8)).isEqualTo(json);
    }

    @Test
    void singleSurrogatesBecomeReplacements() {
        assertThat(read("{\"a\":\"x\\ud800y\\udc00\\ud83d\\ude80\"}", null).object().get("a").stringValue())
                .isEqualTo("x\ufffdy\ufffd\ud83d\ude80");
    }

    @Test
    void textsAreEscapedAsGoDoes() {
        String text = "<a href=\"x\">&\\/\u0000\u0007\b\f\n\r\t\u001f\u007f\u2028\u2029\u00e9\ud83d\ude80\ud800";
        String expected = "\"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\\\/\\u0000\\u0007\\b\\f\\n\\r\\t\\u001f\u007f"
                + "\\u2028\\u2029\u00e9\ud83d\ude80\\ufffd\"";
        assertThat(new String(JsonWriter.write(JsonMapper.shared().getNodeFactory().stringNode(text)),
                StandardCharsets.UTF_8)).isEqualTo(expected);
        byte[] utf8 = text.substring(0, text.length() - 1).getBytes(StandardCharsets.UTF_8);
        byte[] broken = Arrays.copyOf(utf8, utf8.length + 1);
        broken[utf8.length] = (byte) 0xc3;
        ByteArraySink out = new ByteArraySink();
        JsonText.writeString(broken, 0, broken.length, out);
        assertThat(new String(out.toByteArray(), StandardCharsets.UTF_8)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-0.0, -0", "1, 1", "-1.5, -1.5", "1e20, 100000000000000000000", "1e21, 1e+21",
            "1.5e300, 1.5e+300",
            "0.000001, 0.000001", "1e-7, 1e-7", "-2.5e-9, -2.5e-9", "4.9e-324, 5e-324", "123456789.123, 123456789.123",
            "1e15, 1000000000000000", "123456789012345680, 123456789012345680", "9007199254740993, 9007199254740992"})
    void numbersAreWrittenAsGoDoes(double value, String expected) {
        ByteArraySink out = new ByteArraySink();
        JsonText.writeDouble(value, out);
        assertThat(new String(out.toByteArray(), StandardCharsets.US_ASCII)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0", "9", "10", "-1", "99999", "100000", "9223372036854775807", "-9223372036854775808",
            "1000000000000000000"})
    void wholeNumbers(long value) {
        ByteArraySink out = new ByteArraySink();
        JsonText.writeLong(value, out);
        assertThat(new String(out.toByteArray(), StandardCharsets.US_ASCII)).isEqualTo(Long.toString(value));
    }

    @Test
    void bytesAreBase64InEveryLength() {
        for (int length = 0; length < 20; length++) {
            byte[] bytes = new byte[length];
            new Random(length).nextBytes(bytes);
            ByteArraySink out = new ByteArraySink();
            JsonText.writeBase64(bytes, 0, length, out);
            assertThat(new String(out.toByteArray(), StandardCharsets.US_ASCII))
                    .isEqualTo('"' + Base64.getEncoder().encodeToString(bytes) + '"');
        }
    }

    @Test
    void bytesAreReadAsGoDoes() {
        ObjectType secret = Schema.builtin().type("io.k8s.api.core.v1.Secret");
        assertThat(read("{\"data\":{\"a\":\"aGVs\\nbG8=\",\"b\":\"\",\"c\":[1,null,255]}}", secret).object().toString())
                .isEqualTo("{\"data\":{\"a\":\"aGVsbG8=\",\"b\":\"\",\"c\":\"AQD/\"}}");
        for (String wrong : List.of("\"aGVsbG8\"", "\"a-_=\"", "[256]", "1")) {
            assertThatThrownBy(() -> read("{\"data\":{\"a\":" + wrong + "}}", secret)).as(wrong)
                    .isInstanceOf(StatusException.class);
        }
    }
}
