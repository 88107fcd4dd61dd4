package io.myriad.api.codec;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;

import com.sun.management.ThreadMXBean;

import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

/**
 * Prints what the codecs cost on a pod of a Deployment, warm, on one thread. Run after {@code test-compile}:
 *
 * <pre>{@code
 * java -cp api-machinery/target/classes:api-machinery/target/test-classes:... io.myriad.api.codec.CodecSpeed
 * }</pre>
 */
public final class CodecSpeed {
    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = 700_000_000L;
    private static final int BATCH = 200;

    private static long sink;

    private CodecSpeed() {}

    private interface Work {
        long run();
    }

    public static void main(String... arguments) throws IOException {
        ObjectType pod = Schema.builtin().type("io.k8s.api.core.v1.Pod");
        byte[] text;
        try (InputStream in = CodecSpeed.class.getResourceAsStream("pod.json")) {
            text = in.readAllBytes();
        }
        var tree = JsonReader.read(text, pod).object();
        byte[] json = JsonWriter.write(tree);
        byte[] message = ProtobufWriter.write(tree, pod);
        byte[] stored = Envelope.wrap("v1", "Pod", message);
        ObjectBytes object = ObjectBytes.of(stored);
        FieldPath nodeName = FieldPath.of(pod, "spec", "nodeName");
        ByteArraySink out = new ByteArraySink(1 << 16);
        System.out.println(message.length + " bytes of protobuf, " + json.length + " bytes of JSON");
        measure("protobuf to JSON", message.length, () -> {
            out.size(0);
            ProtobufToJson.transcode(message, 0, message.length, pod, "v1", "Pod", out);
            return out.size();
        });
        measure("protobuf to tree", message.length, () -> ProtobufReader.read(message, 0, message.length, pod).size());
        measure("tree to protobuf", message.length, () -> ProtobufWriter.write(tree, pod).length);
        measure("JSON to tree", json.length, () -> JsonReader.read(json, pod).object().size());
        measure("tree to JSON", json.length, () -> JsonWriter.write(tree).length);
        measure("find the message", stored.length, () -> ObjectBytes.of(stored).messageOffset());
        measure("read spec.nodeName", stored.length, () -> object.find(nodeName));
        measure("read name, namespace, uid", stored.length, () -> object.name().length() + object.namespace().length()
                + object.uid().length());
        measure("visit labels", stored.length, () -> {
            object.labels((key, value) -> sink += key.length() + value.length());
            return 0;
        });
        measure("splice resourceVersion", stored.length,
                () -> ObjectBytes.of(stored).withResourceVersion(1234567).length);
        System.out.println(sink == 42 ? "" : "done");
    }

    private static void measure(String what, int bytes, Work work) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double bestMicros = Double.MAX_VALUE;
        double allocated = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            // CPU time, so that other processes disturb little.
            long start = thread.getCurrentThreadCpuTime();
            long runs = 0;
            while (thread.getCurrentThreadCpuTime() - start < ROUND_NANOS) {
                for (int i = 0; i < BATCH; i++) {
                    sink += work.run();
                }
                runs += BATCH;
            }
            bestMicros = Math.min(bestMicros, (thread.getCurrentThreadCpuTime() - start) / 1e3 / runs);
            allocated = (double) (thread.getCurrentThreadAllocatedBytes() - before) / runs;
        }
        System.out.println(String.format(Locale.ROOT, "%-26s %8.3f us %7.0f MB/s %8.0f B allocated", what, bestMicros,
                bytes / bestMicros, allocated));
    }
}
