package io.myriad.store.server;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

import io.myriad.metrics.JvmFigures;
import io.myriad.metrics.ProcessFigures;
import io.myriad.store.metrics.MetricRegistry;
import io.myriad.store.mvcc.ValueFigures;
import io.myriad.store.raft.PeerTransport;
import io.myriad.store.state.OperationCounts;

/** What the store reports, under etcd's names. */
public final class StoreMetrics {

    private final MetricRegistry registry = new MetricRegistry();
    private final MetricRegistry.Histogram forces = registry.histogram("etcd_disk_wal_fsync_duration_seconds",
            "The latency distributions of fsync called by WAL.", 0.001, 14);
    private final MetricRegistry.CounterFamily started = registry.counters("grpc_server_started_total",
            "Total number of RPCs started on the server.");
    private final MetricRegistry.CounterFamily handled = registry.counters("grpc_server_handled_total",
            "Total number of RPCs completed on the server, regardless of success or failure.");
    private final MetricRegistry.CounterFamily receivedMessages = registry.counters("grpc_server_msg_received_total",
            "Total number of RPC stream messages received on the server.");
    private final MetricRegistry.CounterFamily sentMessages = registry.counters("grpc_server_msg_sent_total",
            "Total number of gRPC stream messages sent by the server.");
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final Map<String, Labels> labels = new ConcurrentHashMap<>();

    /** The counters of one method. */
    private final class Labels {
        private final String text;
        private final LongAdder startedCount;
        private final LongAdder receivedCount;
        private final LongAdder sentCount;
        private final Map<Status.Code, LongAdder> handledCounts = new ConcurrentHashMap<>();

        Labels(String fullMethod) {
            String service = MethodDescriptor.extractFullServiceName(fullMethod);
            String method = fullMethod.substring(fullMethod.lastIndexOf('/') + 1);
            text = "grpc_method=\"" + method + "\",grpc_service=\"" + service + "\",grpc_type=\"" + typeOf(method)
                    + "\"";
            startedCount = started.with(text);
            receivedCount = receivedMessages.with(text);
            sentCount = sentMessages.with(text);
        }

        private static String typeOf(String method) {
            return switch (method) {
                case "Watch", "LeaseKeepAlive" -> "bidi_stream";
                case "RangeStream", "Snapshot" -> "server_stream";
                default -> "unary";
            };
        }

        void handled(Status.Code code) {
            handledCounts.computeIfAbsent(code, each -> handled.with("grpc_code=\"" + goName(each) + "\"," + text))
                    .increment();
        }
    }

    /** {@code INVALID_ARGUMENT} as {@code InvalidArgument}. */
    static String goName(Status.Code code) {
        if (code == Status.Code.OK) {
            return "OK";
        }
        StringBuilder name = new StringBuilder();
        for (String word : (code == Status.Code.CANCELLED ? "CANCELED" : code.name()).split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        return name.toString();
    }

    public MetricRegistry registry() {
        return registry;
    }

    /** Takes the duration of each force of the log to disk. */
    public LongConsumer forceNanos() {
        return forces::record;
    }

    /** Counts calls and bytes. */
    ServerStreamTracer.Factory tracer() {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
                Labels method = labels.computeIfAbsent(fullMethodName, Labels::new);
                method.startedCount.increment();
                return new ServerStreamTracer() {
                    @Override
                    public void streamClosed(Status status) {
                        method.handled(status.getCode());
                    }

                    @Override
                    public void inboundMessage(int number) {
                        method.receivedCount.increment();
                    }

                    @Override
                    public void outboundMessage(int number) {
                        method.sentCount.increment();
                    }

                    @Override
                    public void inboundWireSize(long bytes) {
                        receivedBytes.add(bytes);
                    }

                    @Override
                    public void outboundWireSize(long bytes) {
                        sentBytes.add(bytes);
                    }
                };
            }
        };
    }

    /** Begins to report a member. */
    public void register(StoreMember member) {
        registry.gauge("etcd_server_has_leader", "Whether or not a leader exists. 1 is existence, 0 is not.",
                () -> member.log().leadership().known() ? 1 : 0);
        registry.gauge("etcd_server_is_leader", "Whether or not this member is a leader. 1 if is, 0 otherwise.",
                () -> member.log().leadership().local() ? 1 : 0);
        registry.counter("etcd_server_leader_changes_seen_total", "The number of leader changes seen.",
                () -> member.log().leaderChanges());
        registry.gauge("etcd_server_proposals_pending", "The current number of pending proposals to commit.",
                member::pendingProposals);
        registry.gauge("etcd_server_proposals_committed_total", "The total number of consensus proposals committed.",
                () -> member.log().committedIndex());
        registry.gauge("etcd_server_proposals_applied_total", "The total number of consensus proposals applied.",
                () -> member.log().appliedIndex());
        registry.counter("etcd_server_proposals_failed_total", "The total number of failed proposals seen.",
                member::failedProposals);
        registry.gauge("etcd_server_version",
                "Which version is running. 1 for 'server_version' label with current version.",
                "server_version=\"" + MaintenanceService.ETCD_VERSION + "\"", () -> 1);
        registry.gauge("etcd_server_id",
                "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.",
                "server_id=\"" + Long.toHexString(member.settings().self().id()) + "\"", () -> 1);
        registry.gauge("myriad_memory_bytes", "Bytes of keys, and of values that were not let go, in memory.",
                member::memoryBytes);
        ValueFigures values = member.machine().valueFigures();
        registry.counter("myriad_values_evicted_total", "Values that memory let go.", values::valuesEvicted);
        registry.counter("myriad_values_read_total", "Values that were read because memory had let them go.",
                values::valuesRead);
        registry.counter("myriad_values_admitted_total", "Values that came back to memory.",
                values::valuesAdmitted);
        registry.gauge("etcd_mvcc_db_total_size_in_bytes",
                "Total size of the underlying database physically allocated in bytes.", member::bytesOnDisk);
        registry.gauge("etcd_mvcc_db_total_size_in_use_in_bytes",
                "Total size of the underlying database logically in use in bytes.",
                () -> member.footprint().keyValueBytes());
        registry.counter("myriad_defragmentation_moved_pages_total",
                "Pages that were moved to make the page file shorter.",
                () -> member.defragmentation().movedPages());
        registry.gauge("etcd_debugging_mvcc_keys_total", "Total number of keys.", () -> member.view().liveCount());
        registry.gauge("etcd_debugging_mvcc_current_revision", "The current revision of store.",
                () -> member.view().revision());
        registry.gauge("etcd_debugging_mvcc_compact_revision", "The revision of the last compaction in store.",
                () -> member.view().compactedRevision());
        registry.gauge("etcd_debugging_mvcc_watch_stream_total", "Total number of watch streams.",
                () -> member.watches().streams());
        registry.gauge("etcd_debugging_mvcc_watcher_total", "Total number of watchers.",
                () -> member.watches().watchers());
        registry.gauge("etcd_debugging_mvcc_slow_watcher_total", "Total number of unsynced slow watchers.",
                () -> member.watches().slowWatchers());
        registry.gauge("etcd_debugging_lease_total", "The number of leases.", () -> member.leases().size());
        registry.counter("etcd_network_client_grpc_received_bytes_total",
                "The total number of bytes received from grpc clients.", receivedBytes::sum);
        registry.counter("etcd_network_client_grpc_sent_bytes_total", "The total number of bytes sent to grpc clients.",
                sentBytes::sum);
        OperationCounts counts = member.machine().counts();
        registry.counter("etcd_mvcc_put_total", "Total number of puts seen by this member.", counts.puts()::sum);
        registry.counter("etcd_mvcc_delete_total", "Total number of deletes seen by this member.",
                counts.deletes()::sum);
        registry.counter("etcd_mvcc_range_total", "Total number of ranges seen by this member.",
                counts.ranges()::sum);
        registry.counter("etcd_mvcc_txn_total", "Total number of txns seen by this member.",
                counts.transactions()::sum);
        registry.gauge("etcd_cluster_version",
                "Which version is running. 1 for 'cluster_version' label with current cluster version",
                "cluster_version=\"" + MaintenanceService.STORAGE_VERSION + "\"", () -> 1);
        registry.gauge("etcd_server_is_learner", "Whether or not this member is a learner. 1 if is, 0 otherwise.",
                () -> member.cluster().isLearner() ? 1 : 0);
        registry.counter("etcd_server_learner_promote_successes",
                "The total number of successful learner promotions while this member is leader.",
                () -> member.changes().promotions());
        MetricRegistry.CounterFamily refused = registry.counters("etcd_server_learner_promote_failures",
                "The total number of failed learner promotions (likely learner not ready) while this member is leader.");
        member.changes().onRefusedPromotion(error -> refused.with("Reason=\"" + error.text() + "\"").increment());
        registry.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
                () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
    }

    /** Begins to report what goes to and comes from the other members. */
    public void register(PeerTransport peers) {
        registry.counter("etcd_network_peer_sent_bytes_total", "The total number of bytes sent to peers.",
                peers::sentBytes);
        registry.counter("etcd_network_peer_received_bytes_total", "The total number of bytes received from peers.",
                peers::receivedBytes);
    }

    /** All of it in Prometheus' text format, and what there is to say of the process. */
    String text() {
        StringBuilder text = new StringBuilder(registry.text());
        ProcessFigures.read().write(text);
        JvmFigures.write(text);
        return text.toString();
    }
}
