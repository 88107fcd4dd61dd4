package io.myriad.benchmarks.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;

import io.myriad.benchmarks.processes.Processes;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.RangeRequest;

/** All of 100,000 keys of 1 kB at once. The client does not decode them: it would take longer than the servers. */
final class RangeLoad {
    private static final int KEYS = 100_000;
    private static final int VALUE_BYTES = 1024;
    private static final int REQUESTS = 10;
    private static final String PREFIX = "list/";

    /** Names of the stores that have the keys. */
    private final Set<String> filled = new HashSet<>();

    private static final MethodDescriptor.Marshaller<byte[]> REQUEST = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException();
        }
    };

    /** A message is its length. */
    private static final MethodDescriptor.Marshaller<Long> LENGTH = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Long parse(InputStream stream) {
            try {
                long length = 0;
                for (long skipped; (skipped = stream.skip(Integer.MAX_VALUE)) > 0;) {
                    length += skipped;
                }
                return length;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    Map<Metric, Double> unary(StoreCluster cluster) throws Exception {
        return run(cluster, KVGrpc.getRangeMethod());
    }

    Map<Metric, Double> stream(StoreCluster cluster) throws Exception {
        return run(cluster, KVGrpc.getRangeStreamMethod());
    }

    private Map<Metric, Double> run(StoreCluster cluster, MethodDescriptor<?, ?> method) throws Exception {
        ManagedChannel channel = cluster.channel();
        try {
            if (filled.add(cluster.endpoints())) {
                Filler.fill(channel, PREFIX, KEYS, VALUE_BYTES);
            }
            byte[] request = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(PREFIX))
                    .setRangeEnd(ByteString.copyFromUtf8("list0")).build().toByteArray();
            MethodDescriptor<byte[], Long> raw = method.toBuilder(REQUEST, LENGTH)
                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING).build();
            Processes processes = cluster.processes();
            processes.forgetPeaks();
            long residentBefore = processes.memoryInAll().now();
            double cpuBefore = processes.cpuSecondsInAll();
            long bytes = 0;
            long began = System.nanoTime();
            for (int i = 0; i < REQUESTS; i++) {
                Iterator<Long> answers = ClientCalls.blockingServerStreamingCall(channel, raw, CallOptions.DEFAULT,
                        request);
                while (answers.hasNext()) {
                    bytes += answers.next();
                }
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            if (bytes < (long) REQUESTS * KEYS * VALUE_BYTES) {
                throw new IllegalStateException("only " + bytes + " bytes came");
            }
            Map<Metric, Double> figures = new EnumMap<>(Metric.class);
            figures.put(Metric.MEGABYTES_PER_SECOND, bytes / 1e6 / seconds);
            figures.put(Metric.SERVER_MICROS, (processes.cpuSecondsInAll() - cpuBefore) * 1e6 / REQUESTS);
            figures.put(Metric.EXTRA_MEMORY, (double) (processes.memoryInAll().peak() - residentBefore));
            return figures;
        } finally {
            channel.shutdownNow();
        }
    }
}
