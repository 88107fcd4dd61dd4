package io.myriad.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

import io.myriad.store.raft.Member;
import io.myriad.store.raft.RaftTiming;
import io.myriad.store.server.AutoCompaction;
import io.myriad.store.server.CorruptionChecks;
import io.myriad.store.server.TokenSettings;
import io.myriad.store.value.ValueStoreOptions;

/**
 * What the store is told by its flags. Names, defaults and meaning are etcd's; each can also be given as a variable {@code ETCD_NAME_IN_CAPITALS}, over which the flag wins. Flags of etcd
 * that would do nothing here are not accepted.
 *
 * @param peerListener whether the URLs where members reach this one were given, so that a cluster of one can grow
 * @param members the initial cluster, this member included
 * @param initialSnapshot etcd's database that an empty data directory begins with; null: it begins with nothing
 * @param timing how patient the members are with each other
 * @param strictReconfigCheck whether changes of the members are refused that could cost the quorum
 * @param maxLearners how many members without a vote there may be
 * @param tlsRules which TLS is spoken, with clients and between members
 * @param keepAlive how clients and this member find out that the other one is gone
 * @param corruptionChecks when the members compare what they have
 * @param leaseCheckpoints whether a leader writes down what long leases have left
 * @param quotaBackendBytes what all keys may take, history included; negative: no limit
 * @param valueCacheBytes what values may take in memory that are in the page file too
 * @param defragmentationRate bytes a second that are moved to make the page file shorter; 0: none by itself
 * @param snapshotTransferRate bytes a second at which this member sends its state to others at most; 0: no limit
 * @param valueStore where values are kept; null: in the page file
 * @param bcryptCost rounds of hashing a password, as a power of two
 * @param tokens what clients get for their passwords
 * @param autoCompaction how much history to keep: a duration, or a number of revisions; null: no automatic compaction
 */
public record StoreOptions(String name, Path dataDirectory, List<URI> listenClientUrls,
        List<String> advertiseClientUrls, List<URI> listenPeerUrls, boolean peerListener,
        List<Member> members, boolean existingCluster, @Nullable Path initialSnapshot, boolean strictReconfigCheck,
        int maxLearners, TlsFiles clientTls,
        TlsFiles peerTls, TlsRules tlsRules, KeepAlive keepAlive, CorruptionChecks corruptionChecks,
        boolean leaseCheckpoints,
        List<URI> listenMetricsUrls, RaftTiming timing, long snapshotCount,
        int maxRequestBytes, int maxTxnOps, long quotaBackendBytes, long valueCacheBytes, long defragmentationRate,
        long snapshotTransferRate,
        @Nullable ValueStoreOptions valueStore, int bcryptCost,
        TokenSettings tokens,
        @Nullable AutoCompaction autoCompaction,
        Duration watchProgressNotifyInterval, boolean sync,
        String logLevel, int managementPort) {

    /** A key pair and the authorities that are trusted. */
    public record TlsFiles(@Nullable Path certificate, @Nullable Path key, @Nullable Path trustedAuthorities,
            boolean clientCertificates) {
        boolean isConfigured() { return certificate != null && key != null; }
    }

    /**
     * Of gRPC's connections.
     *
     * @param leastPing how often a client may ask whether the member is still there; 0: as gRPC has it
     * @param interval after how long a silence the member asks; 0: never
     * @param timeout how long the client may take to answer; 0: it is not asked
     */
    public record KeepAlive(Duration leastPing, Duration interval, Duration timeout) {}

    private static final long DEFAULT_TOKEN_SECONDS = 300;
    private static final Set<String> JWT_PARTS = Set.of("pub-key", "priv-key", "sign-method", "ttl");
    private static final Set<String> SIGN_METHODS = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
            "ES256", "ES384", "ES512", "HS256", "HS384", "HS512");
    private static final long DEFAULT_QUOTA_BYTES = 100L << 30;
    private static final long DEFAULT_DEFRAGMENTATION_RATE = 16 << 20;
    private static final long DEFAULT_SNAPSHOT_TRANSFER_RATE = 128 << 20;
    private static final long LEAST_SNAPSHOT_TRANSFER_RATE = 1 << 20;
    private static final int MAX_ELECTION_MILLIS = 50_000;
    private static final String CONFIG_FILE = "--config-file";
    private static final String DEFAULT_CLIENT_URL = "http://localhost:2379";
    private static final String DEFAULT_PEER_URL = "http://localhost:2380";
    /** User and password in a URL, which are in the message about a flag that is misspelt. */
    private static final Pattern USER_INFO = Pattern.compile("://\\S*@");
    private static final Set<String> LOG_LEVELS = Set.of("debug", "info", "warn", "error", "panic", "fatal");
    private static final Set<String> LOG_OUTPUTS = Set.of("default", "stderr", "stdout");

    /** A flag or value that cannot be used; its message names it and fits one line. */
    public static final class InvalidOptionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidOptionException(String message) {
            super(message, null, false, false);
        }
    }

    /** Reads flags and variables. */
    public static StoreOptions parse(Map<String, String> environment, String... arguments) {
        CommandLine command = new CommandLine(specification());
        command.setDefaultValueProvider(
                argument -> argument instanceof OptionSpec option
                        ? environment.get(variableOf(option.longestName()))
                        : null);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        // As with Go's flags the last one counts. The library would print both values, which may be secret.
        command.setOverwrittenOptionsAllowed(true);
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        try {
            ParseResult result = command.parseArgs(arguments);
            String file = result.commandSpec().findOption(CONFIG_FILE).getValue();
            if (file != null && !file.isEmpty()) {
                command.setDefaultValueProvider(argument -> null);
                result = command.parseArgs(ConfigFile.flags(Path.of(file)));
            }
            return new Reader(result).read();
        } catch (CommandLine.ParameterException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new InvalidOptionException(USER_INFO.matcher(message).replaceAll("://***@"));
        }
    }

    /** All flags, one a line. */
    static String usage() {
        return new CommandLine(specification()).getUsageMessage(CommandLine.Help.Ansi.OFF);
    }

    private static String variableOf(String flag) {
        return "ETCD_" + flag.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static CommandSpec specification() {
        CommandSpec spec = CommandSpec.create().name("store-service");
        for (String text : List.of("--name", "--data-dir", "--listen-client-urls", "--advertise-client-urls",
                "--listen-peer-urls",
                "--initial-advertise-peer-urls", "--initial-cluster", "--initial-cluster-state",
                "--initial-cluster-token", "--initial-snapshot", "--max-learners", "--cert-file", "--key-file",
                "--trusted-ca-file", "--peer-cert-file", "--peer-key-file", "--peer-trusted-ca-file",
                "--listen-metrics-urls", "--heartbeat-interval", "--election-timeout", "--snapshot-count",
                "--max-request-bytes", "--max-txn-ops", "--auth-token", "--auth-token-ttl", "--quota-backend-bytes",
                "--value-cache-bytes", "--defragmentation-rate", "--snapshot-transfer-rate", "--value-store",
                "--bcrypt-cost",
                "--auto-compaction-mode",
                "--auto-compaction-retention",
                "--logger", "--log-level",
                "--grpc-keepalive-min-time", "--grpc-keepalive-interval", "--grpc-keepalive-timeout",
                "--tls-min-version", "--tls-max-version", "--cipher-suites", "--feature-gates", "--corrupt-check-time",
                "--compact-hash-check-time", "--log-outputs", "--management-port", CONFIG_FILE)) {
            spec.addOption(OptionSpec.builder(text).type(String.class).arity("1").build());
        }
        spec.addOption(
                OptionSpec.builder("--watch-progress-notify-interval", "--experimental-watch-progress-notify-interval")
                        .type(String.class)
                        .arity("1").build());
        spec.addOption(OptionSpec.builder("--strict-reconfig-check").type(String.class).arity("0..1")
                .fallbackValue("true").build());
        for (String flag : List.of("--client-cert-auth", "--peer-client-cert-auth", "--unsafe-no-fsync")) {
            spec.addOption(OptionSpec.builder(flag).type(boolean.class).arity("0..1").fallbackValue("true").build());
        }
        return spec;
    }

    /** Turns parsed text into values. */
    private record Reader(ParseResult result) {

        StoreOptions read() {
            String name = text("--name", "default");
            TlsFiles clientTls = tls("--cert-file", "--key-file", "--trusted-ca-file", "--client-cert-auth");
            TlsFiles peerTls = tls("--peer-cert-file", "--peer-key-file", "--peer-trusted-ca-file",
                    "--peer-client-cert-auth");
            List<URI> clientUrls = urls("--listen-client-urls", DEFAULT_CLIENT_URL);
            List<String> advertised = urls("--advertise-client-urls",
                    String.join(",", clientUrls.stream().map(URI::toString).toList())).stream()
                    .map(URI::toString).toList();
            List<URI> peerUrls = urls("--listen-peer-urls", DEFAULT_PEER_URL);
            requireKeyPair(clientUrls, clientTls, "--listen-client-urls", "--cert-file and --key-file");
            requireKeyPair(peerUrls, peerTls, "--listen-peer-urls", "--peer-cert-file and --peer-key-file");
            checkLogging();
            return new StoreOptions(name, Path.of(text("--data-dir", name + ".etcd")), clientUrls, advertised, peerUrls,
                    !text("--listen-peer-urls", "").isEmpty(), members(name),
                    existingCluster(), file("--initial-snapshot"),
                    bool("--strict-reconfig-check", true),
                    (int) number("--max-learners", 1, 1, Integer.MAX_VALUE), clientTls, peerTls,
                    TlsRules.of(text("--tls-min-version", TlsRules.TLS_1_2), text("--tls-max-version", ""),
                            text("--cipher-suites", "")),
                    new KeepAlive(duration("--grpc-keepalive-min-time", "5s"),
                            duration("--grpc-keepalive-interval", "2h"), duration("--grpc-keepalive-timeout", "20s")),
                    corruptionChecks(), gates().isOn("LeaseCheckpoint"),
                    urlsOrNone("--listen-metrics-urls"),
                    timing(), number("--snapshot-count", 10_000, 1, Long.MAX_VALUE),
                    (int) number("--max-request-bytes", 3 << 19, 1, 512 << 20),
                    (int) number("--max-txn-ops", 128, 1, 1 << 20), quota(),
                    valueCache(),
                    number("--defragmentation-rate", DEFAULT_DEFRAGMENTATION_RATE, 0, Long.MAX_VALUE),
                    transferRate(),
                    valueStore(),
                    (int) number("--bcrypt-cost", BcryptPasswords.DEFAULT_COST, 4,
                            31),
                    tokens(), autoCompaction(),
                    progressInterval(), !flag("--unsafe-no-fsync"), text("--log-level", ""),
                    (int) number("--management-port", 0, 0, 65_535));
        }

        private String text(String option, String otherwise) {
            // The option's value, not the match: it may have come from a variable.
            String value = result.commandSpec().findOption(option).getValue();
            return value == null ? otherwise : value;
        }

        private boolean flag(String option) {
            Boolean value = result.commandSpec().findOption(option).getValue();
            return value != null && value;
        }

        /** As Go's flags read it. */
        private boolean bool(String option, boolean otherwise) {
            String value = text(option, Boolean.toString(otherwise));
            Boolean parsed = FeatureGates.parseBoolean(value);
            if (parsed == null) {
                throw new InvalidOptionException(
                        "invalid boolean value \"" + value + "\" for " + option + ": parse error");
            }
            return parsed;
        }

        private Duration duration(String option, String otherwise) {
            return GoDuration.parse(option, text(option, otherwise));
        }

        private FeatureGates gates() {
            return FeatureGates.of(text("--feature-gates", ""));
        }

        private CorruptionChecks corruptionChecks() {
            FeatureGates gates = gates();
            Duration interval = duration("--corrupt-check-time", "0s");
            Duration compaction = duration("--compact-hash-check-time", "1m");
            if (compaction.isZero()) {
                throw new InvalidOptionException("--compact-hash-check-time must be >0 (set to 0s)");
            }
            return new CorruptionChecks(gates.isOn("InitialCorruptCheck"), interval.isZero() ? null : interval,
                    gates.isOn("CompactHashCheck") ? compaction : null);
        }

        private @Nullable Path file(String option) {
            String value = text(option, "");
            return value.isEmpty() ? null : Path.of(value);
        }

        private TlsFiles tls(String certificate, String key, String authorities, String clientCertificates) {
            TlsFiles files = new TlsFiles(file(certificate), file(key), file(authorities), flag(clientCertificates));
            if ((files.certificate == null) != (files.key == null)) {
                throw new InvalidOptionException(certificate + " and " + key + " must be given together");
            }
            if (files.clientCertificates && files.trustedAuthorities == null) {
                throw new InvalidOptionException(clientCertificates + " needs " + authorities);
            }
            return files;
        }

        private static void requireKeyPair(List<URI> urls, TlsFiles tls, String option, String needed) {
            for (URI url : urls) {
                if ("https".equals(url.getScheme()) && !tls.isConfigured()) {
                    throw new InvalidOptionException(option + ": " + url + " needs " + needed);
                }
            }
        }

        /** The rule and its text are etcd's. Without the flag heartbeats come more often than etcd's. */
        private RaftTiming timing() {
            RaftTiming standard = RaftTiming.STANDARD;
            int election = (int) number("--election-timeout", standard.electionMillis(), 10, MAX_ELECTION_MILLIS);
            int heartbeat = (int) number("--heartbeat-interval", Math.min(standard.heartbeatMillis(), election / 5), 1,
                    MAX_ELECTION_MILLIS);
            if (5 * heartbeat > election) {
                throw new InvalidOptionException("--election-timeout[" + election
                        + "ms] should be at least as 5 times as --heartbeat-interval[" + heartbeat + "ms]");
            }
            return new RaftTiming(election, heartbeat);
        }

        private long number(String option, long otherwise, long least, long most) {
            String value = text(option, "");
            if (value.isEmpty()) {
                return otherwise;
            }
            try {
                long number = Long.parseLong(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new InvalidOptionException("invalid value \"" + value + "\" for " + option + ": a number from "
                    + least + " to " + most + " is expected");
        }

        private List<URI> urlsOrNone(String option) {
            return text(option, "").isEmpty() ? List.of() : urls(option, "");
        }

        private List<URI> urls(String option, String otherwise) {
            List<URI> urls = new ArrayList<>();
            for (String each : text(option, otherwise).split(",")) {
                urls.add(url(option, each.trim()));
            }
            return List.copyOf(urls);
        }

        private static URI url(String option, String value) {
            try {
                URI url = new URI(value);
                boolean known = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
                if (known && url.getHost() != null && url.getPort() >= 0) {
                    return url;
                }
            } catch (URISyntaxException e) {
                // Said below.
            }
            throw new InvalidOptionException("invalid value \"" + value + "\" for " + option
                    + ": http://HOST:PORT or https://HOST:PORT is expected");
        }

        private @Nullable ValueStoreOptions valueStore() {
            String value = text("--value-store", "");
            try {
                return value.isEmpty() ? null : ValueStoreOptions.parse(value);
            } catch (IllegalArgumentException e) {
                throw new InvalidOptionException("invalid value for --value-store: " + e.getMessage());
            }
        }

        private List<Member> members(String name) {
            String token = text("--initial-cluster-token", "etcd-cluster");
            List<String> advertised = urls("--initial-advertise-peer-urls", DEFAULT_PEER_URL).stream()
                    .map(URI::toString).toList();
            Map<String, List<String>> byName = new java.util.LinkedHashMap<>();
            for (String each : text("--initial-cluster", name + "=" + String.join("," + name + "=", advertised))
                    .split(",")) {
                int separator = each.indexOf('=');
                if (separator < 1) {
                    throw new InvalidOptionException(
                            "invalid value \"" + each + "\" for --initial-cluster: NAME=URL is expected");
                }
                byName.computeIfAbsent(each.substring(0, separator).trim(), absent -> new ArrayList<>())
                        .add(url("--initial-cluster", each.substring(separator + 1).trim()).toString());
            }
            List<String> own = byName.get(name);
            if (own == null) {
                throw new InvalidOptionException("--initial-cluster does not name this member, --name " + name);
            }
            if (!text("--initial-advertise-peer-urls", "").isEmpty()
                    && !new TreeSet<>(own).equals(new TreeSet<>(advertised))) {
                throw new InvalidOptionException(
                        "--initial-cluster has " + String.join(",", own) + " for " + name
                                + " but --initial-advertise-peer-urls is "
                                + String.join(",", advertised));
            }
            return byName.entrySet().stream().map(entry -> Member.initial(entry.getKey(), entry.getValue(), token))
                    .toList();
        }

        private boolean existingCluster() {
            String state = text("--initial-cluster-state", "new");
            if (!state.equals("new") && !state.equals("existing")) {
                throw new InvalidOptionException(
                        "invalid value \"" + state + "\" for --initial-cluster-state: new or existing is expected");
            }
            return state.equals("existing");
        }

        private @Nullable AutoCompaction autoCompaction() {
            String mode = text("--auto-compaction-mode", "periodic");
            String retention = text("--auto-compaction-retention", "0");
            if (!mode.equals("periodic") && !mode.equals("revision")) {
                throw new InvalidOptionException(
                        "invalid value \"" + mode + "\" for --auto-compaction-mode: periodic or revision is expected");
            }
            boolean isNumber = retention.chars().allMatch(Character::isDigit);
            if (isNumber && (retention.isEmpty() || Long.parseLong(retention) == 0)) {
                return null;
            }
            if (mode.equals("revision")) {
                return new AutoCompaction.Revisions(number("--auto-compaction-retention", 0, 1, Long.MAX_VALUE));
            }
            return new AutoCompaction.Periodic(isNumber
                    ? Duration.ofHours(Long.parseLong(retention))
                    : GoDuration.parse("--auto-compaction-retention", retention));
        }

        /** As with etcd, 0 is the default and a negative number no limit; the default itself is what this store is made for. */
        private long quota() {
            long bytes = number("--quota-backend-bytes", 0, Long.MIN_VALUE, Long.MAX_VALUE);
            return bytes == 0 ? DEFAULT_QUOTA_BYTES : bytes;
        }

        /** A part of a snapshot has up to a mebibyte, and whoever gets it waits ten seconds for it. */
        private long transferRate() {
            long bytes = number("--snapshot-transfer-rate", DEFAULT_SNAPSHOT_TRANSFER_RATE, 0, Long.MAX_VALUE);
            if (bytes > 0 && bytes < LEAST_SNAPSHOT_TRANSFER_RATE) {
                throw new InvalidOptionException(
                        "invalid value \"" + bytes + "\" for --snapshot-transfer-rate: 0 or at least "
                                + LEAST_SNAPSHOT_TRANSFER_RATE + " is expected");
            }
            return bytes;
        }

        /** 0: what the heap has room for. */
        private long valueCache() {
            long bytes = number("--value-cache-bytes", 0, 0, Long.MAX_VALUE);
            return bytes == 0 ? Long.MAX_VALUE : bytes;
        }

        private TokenSettings tokens() {
            String[] parts = text("--auth-token", "simple").split(",");
            if (parts[0].equals("simple") && parts.length == 1) {
                long seconds = number("--auth-token-ttl", DEFAULT_TOKEN_SECONDS, 1, Integer.MAX_VALUE);
                return new TokenSettings.Simple(TimeUnit.SECONDS.toMillis(seconds));
            }
            if (!parts[0].equals("jwt")) {
                throw new InvalidOptionException(
                        "invalid value \"" + parts[0] + "\" for --auth-token: simple or jwt,... is expected");
            }
            Map<String, String> given = new java.util.HashMap<>();
            for (int i = 1; i < parts.length; i++) {
                int separator = parts[i].indexOf('=');
                String key = separator < 0 ? parts[i] : parts[i].substring(0, separator);
                if (separator < 0 || !JWT_PARTS.contains(key)) {
                    throw new InvalidOptionException("invalid part \"" + key + "\" of --auth-token: one of "
                            + new TreeSet<>(JWT_PARTS) + " with a value is expected");
                }
                given.put(key, parts[i].substring(separator + 1));
            }
            String method = given.getOrDefault("sign-method", "");
            String publicKey = given.get("pub-key");
            String privateKey = given.get("priv-key");
            if (!SIGN_METHODS.contains(method)) {
                throw new InvalidOptionException(
                        "invalid value \"" + method + "\" for sign-method of --auth-token: one of "
                                + new TreeSet<>(SIGN_METHODS) + " is expected");
            }
            if (publicKey == null && privateKey == null) {
                throw new InvalidOptionException("--auth-token: neither pub-key nor priv-key is given");
            }
            return new TokenSettings.Jwt(method, publicKey == null ? null : Path.of(publicKey),
                    privateKey == null ? null : Path.of(privateKey),
                    GoDuration.parse("ttl of --auth-token", given.getOrDefault("ttl", "5m")).toMillis());
        }

        private Duration progressInterval() {
            Duration interval = GoDuration.parse("--watch-progress-notify-interval",
                    text("--watch-progress-notify-interval", "10m"));
            return interval.compareTo(Duration.ofMillis(100)) < 0 ? Duration.ofMillis(100) : interval;
        }

        private void checkLogging() {
            String logger = text("--logger", "zap");
            if (!logger.equals("zap")) {
                throw new InvalidOptionException("invalid value \"" + logger + "\" for --logger: zap is expected");
            }
            String level = text("--log-level", "info");
            if (!LOG_LEVELS.contains(level)) {
                throw new InvalidOptionException("invalid value \"" + level + "\" for --log-level: one of "
                        + new TreeSet<>(LOG_LEVELS) + " is expected");
            }
            for (String output : text("--log-outputs", "default").split(",")) {
                if (!LOG_OUTPUTS.contains(output)) {
                    throw new InvalidOptionException("invalid value \"" + output
                            + "\" for --log-outputs: default, stderr or stdout is expected");
                }
            }
        }
    }

    /** This member, as the initial cluster has it. */
    public Member self() {
        return members.stream().filter(member -> member.name().equals(name)).findFirst().orElseThrow();
    }
}
