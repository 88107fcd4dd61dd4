package io.myriad.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.store.raft.RaftTiming;
import io.myriad.store.server.AutoCompaction;
import io.myriad.store.server.CorruptionChecks;
import io.myriad.store.server.TokenSettings;
import io.myriad.store.value.ValueStoreOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Flags, variables, defaults, and the one line for each that is wrong. */
final class StoreOptionsTest {

    private static StoreOptions parse(String... arguments) {
        return StoreOptions.parse(Map.of(), arguments);
    }

    @Test
    void defaultsAreThoseOfEtcd() {
        StoreOptions options = parse();
        assertThat(options.name()).isEqualTo("default");
        assertThat(options.dataDirectory()).isEqualTo(Path.of("default.etcd"));
        assertThat(options.listenClientUrls()).extracting(Object::toString).containsExactly("http://localhost:2379");
        assertThat(options.advertiseClientUrls()).containsExactly("http://localhost:2379");
        assertThat(options.self().peerUrls()).containsExactly("http://localhost:2380");
        assertThat(Long.toHexString(options.self().id())).isEqualTo("8e9e05c52164694d");
        assertThat(options.snapshotCount()).isEqualTo(10_000);
        assertThat(options.timing()).isEqualTo(RaftTiming.STANDARD);
        assertThat(parse("--heartbeat-interval=250", "--election-timeout=1250").timing())
                .isEqualTo(new RaftTiming(1250, 250));
        assertThat(options.maxRequestBytes()).isEqualTo(1_572_864);
        assertThat(options.maxTxnOps()).isEqualTo(128);
        assertThat(options.quotaBackendBytes()).isEqualTo(100L << 30);
        assertThat(options.tokens()).isEqualTo(new TokenSettings.Simple(300_000));
        assertThat(options.bcryptCost()).isEqualTo(10);
        assertThat(options.watchProgressNotifyInterval()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.autoCompaction()).isNull();
        assertThat(options.sync()).isTrue();
        assertThat(options.managementPort()).isZero();
        assertThat(options.listenMetricsUrls()).isEmpty();
    }

    /** envtest looks for flags at the beginning of the help's lines. */
    @Test
    void theHelpNamesEachFlagAtTheBeginningOfALine() {
        assertThat(StoreOptions.usage().lines().map(String::strip)).anyMatch(line -> line.startsWith("--data-dir"))
                .anyMatch(line -> line.startsWith("--unsafe-no-fsync"));
    }

    @Test
    void bothWaysToWriteAFlag() {
        StoreOptions options = parse("--name=a", "--data-dir", "d", "--unsafe-no-fsync=true",
                "--auto-compaction-retention=1h30m",
                "--experimental-watch-progress-notify-interval", "5s");
        assertThat(options.name()).isEqualTo("a");
        assertThat(options.dataDirectory()).isEqualTo(Path.of("d"));
        assertThat(options.sync()).isFalse();
        assertThat(options.autoCompaction()).isEqualTo(new AutoCompaction.Periodic(Duration.ofMinutes(90)));
        assertThat(options.watchProgressNotifyInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(parse("--unsafe-no-fsync").sync()).isFalse();
        assertThat(parse("--auto-compaction-mode=revision", "--auto-compaction-retention=500").autoCompaction())
                .isEqualTo(new AutoCompaction.Revisions(500));
        assertThat(parse("--auto-compaction-retention=2").autoCompaction())
                .isEqualTo(new AutoCompaction.Periodic(Duration.ofHours(2)));
    }

    @Test
    void aQuotaOfNothingIsTheDefaultAndANegativeOneIsNone() {
        assertThat(parse("--quota-backend-bytes=0").quotaBackendBytes()).isEqualTo(100L << 30);
        assertThat(parse("--quota-backend-bytes=-1").quotaBackendBytes()).isNegative();
        assertThat(parse("--quota-backend-bytes=8589934592").quotaBackendBytes()).isEqualTo(8L << 30);
    }

    @Test
    void tokensOfBothKinds() {
        assertThat(parse("--auth-token=simple", "--auth-token-ttl=5").tokens())
                .isEqualTo(new TokenSettings.Simple(5000));
        assertThat(parse("--auth-token=jwt,pub-key=a.pub,priv-key=a.key,sign-method=RS256,ttl=10m").tokens())
                .isEqualTo(new TokenSettings.Jwt("RS256", Path.of("a.pub"), Path.of("a.key"), 600_000));
        assertThat(parse("--auth-token=jwt,pub-key=a.pub,sign-method=ES256").tokens())
                .isEqualTo(new TokenSettings.Jwt("ES256", Path.of("a.pub"), null, 300_000));
    }

    @Test
    void valuesElsewhere() {
        assertThat(parse().valueStore()).isNull();
        assertThat(StoreOptions.parse(Map.of("ETCD_VALUE_STORE", "redis://127.0.0.1")).valueStore())
                .isEqualTo(new ValueStoreOptions(false, null, "127.0.0.1", 6379, "", "", 0));
        assertThat(parse("--value-store=rediss://me:s%2Fe+c%40t@[::1]:7000/3?ca=/a/ca.crt").valueStore()).isEqualTo(
                new ValueStoreOptions(true, Path.of("/a/ca.crt"), "::1", 7000, "me", "s/e+c@t", 3));
        assertThat(parse("--value-store=redis://:secret@h").valueStore())
                .isEqualTo(new ValueStoreOptions(false, null, "h", 6379, "", "secret", 0))
                .hasToString("redis://h:6379/0");
    }

    @ParameterizedTest
    @CsvSource({"http://:secret@h, another scheme", "redis://:secret#1@h, %XX", "redis://:secret@1@h, %XX",
            "redis://:secret/1@h, %XX",
            "redis://me:secret, %XX", "redis://secret@h, a user needs a password",
            "redis://:secret@h/x, the database must be a number", "redis://:secret@h:70000, the port",
            "redis://:secret@h?ca=f, needs rediss://", "rediss://:secret@h?cert=f, only ?ca=FILE",
            "redis://:sec ret@h, %XX", "'secret', another scheme"})
    void aValueStoreThatIsWrongIsNamedWithoutItsPassword(String url, String reason) {
        assertThatThrownBy(() -> parse("--value-store", url)).hasMessageContaining("--value-store")
                .hasMessageContaining(reason).hasMessageNotContaining("secret");
    }

    @Test
    void aMisspeltFlagIsNamedWithoutItsPassword() {
        assertThatThrownBy(() -> parse("--value-stor=redis://me:secret@h")).hasMessageContaining("--value-stor")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> parse("redis://me:sec/ret@h")).hasMessageNotContaining("ret@");
    }

    @Test
    void flagsWinOverVariables() {
        Map<String, String> environment = Map.of("ETCD_NAME", "fromVariable", "ETCD_SNAPSHOT_COUNT", "77");
        assertThat(StoreOptions.parse(environment).name()).isEqualTo("fromVariable");
        assertThat(StoreOptions.parse(environment, "--name", "fromFlag").name()).isEqualTo("fromFlag");
        assertThat(StoreOptions.parse(environment).snapshotCount()).isEqualTo(77);
    }

    @Test
    void aFileInPlaceOfFlagsAndVariables(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("etcd.yaml"), """
                # as etcd's sample
                name: 'fromFile'
                data-dir:
                snapshot-count: 77
                listen-client-urls: http://127.0.0.1:1,http://127.0.0.1:2
                client-transport-security:
                  cert-file: a.crt
                  key-file: a.key
                peer-transport-security:
                  client-cert-auth: true
                  trusted-ca-file: ca.crt
                unsafe-no-fsync: true
                """);
        StoreOptions options = StoreOptions.parse(Map.of("ETCD_NAME", "fromVariable"), "--config-file",
                file.toString(), "--name=fromFlag");
        assertThat(options.name()).isEqualTo("fromFile");
        assertThat(options.dataDirectory()).isEqualTo(Path.of("fromFile.etcd"));
        assertThat(options.snapshotCount()).isEqualTo(77);
        assertThat(options.listenClientUrls()).hasSize(2);
        assertThat(options.clientTls().isConfigured()).isTrue();
        assertThat(options.peerTls().clientCertificates()).isTrue();
        assertThat(options.sync()).isFalse();
        assertThat(StoreOptions.parse(Map.of("ETCD_CONFIG_FILE", file.toString())).name()).isEqualTo("fromFile");

        Files.writeString(file, "no-such-flag: 1\n");
        assertThatThrownBy(() -> parse("--config-file=" + file)).hasMessage("Unknown option: '--no-such-flag=1'");
        Files.writeString(file, "[1, 2]\n");
        assertThatThrownBy(() -> parse("--config-file=" + file))
                .hasMessage("--config-file: " + file + ": keys with values are expected in place of [1, 2]");
        Files.writeString(file, "a: [\n");
        assertThatThrownBy(() -> parse("--config-file=" + file))
                .isInstanceOf(StoreOptions.InvalidOptionException.class).hasMessageContaining("is no YAML");
        assertThatThrownBy(() -> parse("--config-file=" + file + ".away"))
                .isInstanceOf(StoreOptions.InvalidOptionException.class).hasMessageContaining("cannot be read");
    }

    @Test
    void keepAlive() {
        assertThat(parse().keepAlive()).isEqualTo(
                new StoreOptions.KeepAlive(Duration.ofSeconds(5), Duration.ofHours(2), Duration.ofSeconds(20)));
        assertThat(parse("--grpc-keepalive-min-time=1ms", "--grpc-keepalive-interval=0", "--grpc-keepalive-timeout=3s")
                .keepAlive()).isEqualTo(
                        new StoreOptions.KeepAlive(Duration.ofMillis(1), Duration.ZERO, Duration.ofSeconds(3)));
    }

    @Test
    void versionsAndCipherSuitesOfTls() {
        assertThat(parse().tlsRules()).isEqualTo(new TlsRules(List.of("TLSv1.3", "TLSv1.2"), List.of()));
        assertThat(parse("--tls-min-version=TLS1.3").tlsRules()).isEqualTo(new TlsRules(List.of("TLSv1.3"), List.of()));
        assertThat(parse("--tls-max-version=TLS1.2",
                "--cipher-suites=TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305,TLS_AES_128_GCM_SHA256").tlsRules())
                .isEqualTo(new TlsRules(List.of("TLSv1.2"), List.of("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")));
        assertThat(parse("--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256").tlsRules().ciphers())
                .containsExactly("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256",
                        "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
        assertThatThrownBy(() -> parse("--tls-min-version=TLS1.3", "--tls-max-version=TLS1.2"))
                .hasMessage("min version (TLS1.3) is greater than max version (TLS1.2)");
        assertThatThrownBy(
                () -> parse("--tls-min-version=TLS1.3", "--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))
                .hasMessage("cipher suites cannot be configured when only TLS1.3 is enabled");
    }

    @Test
    void featureGates() {
        assertThat(parse().corruptionChecks()).isEqualTo(CorruptionChecks.NONE);
        assertThat(parse("--feature-gates=InitialCorruptCheck=true,CompactHashCheck=t", "--corrupt-check-time=1h")
                .corruptionChecks())
                .isEqualTo(new CorruptionChecks(true, Duration.ofHours(1), Duration.ofMinutes(1)));
        assertThat(parse("--feature-gates=CompactHashCheck=true", "--compact-hash-check-time=5s").corruptionChecks())
                .isEqualTo(new CorruptionChecks(false, null, Duration.ofSeconds(5)));
        assertThat(parse().leaseCheckpoints()).isFalse();
        assertThat(parse("--feature-gates=LeaseCheckpoint=true").leaseCheckpoints()).isTrue();
        assertThat(parse("--feature-gates=LeaseCheckpoint=true,LeaseCheckpointPersist=true").leaseCheckpoints())
                .isTrue();
        assertThat(parse("--feature-gates=AllAlpha=true,PriorityRequest=false,SetMemberLocalAddr=false")
                .leaseCheckpoints()).isTrue();
        assertThat(parse("--feature-gates=AllAlpha=true,LeaseCheckpoint=false,LeaseCheckpointPersist=false,"
                + "PriorityRequest=false,SetMemberLocalAddr=false,CompactHashCheck=false").corruptionChecks())
                .isEqualTo(new CorruptionChecks(true, null, null));
        parse("--feature-gates=AllBeta=false,StopGRPCServiceOnDefrag=true,TxnModeWriteWithSharedBuffer=false");
        assertThatThrownBy(() -> parse("--feature-gates=AllAlpha=true"))
                .isInstanceOf(StoreOptions.InvalidOptionException.class)
                .hasMessageContaining("cannot be switched on");
    }

    @Test
    void checksOfReconfigurations() {
        assertThat(parse().strictReconfigCheck()).isTrue();
        assertThat(parse("--strict-reconfig-check").strictReconfigCheck()).isTrue();
        assertThat(parse("--strict-reconfig-check=F").strictReconfigCheck()).isFalse();
    }

    @Test
    void threeMembers() {
        StoreOptions options = parse("--name", "b", "--initial-cluster",
                "a=http://127.0.0.1:1,b=http://127.0.0.1:2,c=http://127.0.0.1:3",
                "--initial-advertise-peer-urls", "http://127.0.0.1:2", "--initial-cluster-token", "t");
        assertThat(options.members()).extracting(member -> member.name()).isEqualTo(List.of("a", "b", "c"));
        assertThat(options.self().port()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --no-such-flag | Unknown option: '--no-such-flag'
            --heartbeat-interval=300 | --election-timeout[1000ms] should be at least as 5 times as --heartbeat-interval[300ms]
            --election-timeout=60000 | invalid value "60000" for --election-timeout: a number from 10 to 50000 is expected
            --snapshot-count=0 | invalid value "0" for --snapshot-count: a number from 1 to 9223372036854775807 is expected
            --listen-client-urls=localhost:2379 | invalid value "localhost:2379" for --listen-client-urls: http://HOST:PORT or https://HOST:PORT is expected
            --listen-client-urls=https://localhost:2379 | --listen-client-urls: https://localhost:2379 needs --cert-file and --key-file
            --listen-peer-urls=https://localhost:2380 | --listen-peer-urls: https://localhost:2380 needs --peer-cert-file and --peer-key-file
            --cert-file=x | --cert-file and --key-file must be given together
            --client-cert-auth | --client-cert-auth needs --trusted-ca-file
            --initial-cluster=a=http://127.0.0.1:1 | --initial-cluster does not name this member, --name default
            --initial-cluster-state=old | invalid value "old" for --initial-cluster-state: new or existing is expected
            --auto-compaction-mode=x | invalid value "x" for --auto-compaction-mode: periodic or revision is expected
            --auto-compaction-retention=5parsecs | invalid value "5parsecs" for --auto-compaction-retention: a duration like 10m or 1.5s is expected
            --log-level=loud | invalid value "loud" for --log-level: one of [debug, error, fatal, info, panic, warn] is expected
            --auth-token=opaque | invalid value "opaque" for --auth-token: simple or jwt,... is expected
            --auth-token=jwt,pub-key=a,sign-method=none | invalid value "none" for sign-method of --auth-token: one of [ES256, ES384, ES512, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512] is expected
            --auth-token=jwt,key=a | invalid part "key" of --auth-token: one of [priv-key, pub-key, sign-method, ttl] with a value is expected
            --auth-token=jwt,sign-method=RS256 | --auth-token: neither pub-key nor priv-key is given
            --feature-gates=Nope=true | invalid value "Nope=true" for --feature-gates: unrecognized feature gate: Nope
            --feature-gates=InitialCorruptCheck=maybe | invalid value "InitialCorruptCheck=maybe" for --feature-gates: invalid value of InitialCorruptCheck=maybe, err: strconv.ParseBool: parsing "maybe": invalid syntax
            --feature-gates=AllBeta=true,Nope | invalid value "AllBeta=true,Nope" for --feature-gates: missing bool value for Nope
            --feature-gates=LeaseCheckpointPersist=true | enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint
            --feature-gates=SetMemberLocalAddr=true | --feature-gates: SetMemberLocalAddr cannot be switched on: members connect from any local address
            --feature-gates=PriorityRequest=1 | --feature-gates: PriorityRequest cannot be switched on: no request goes before another
            --compact-hash-check-time=0s | --compact-hash-check-time must be >0 (set to 0s)
            --corrupt-check-time=often | invalid value "often" for --corrupt-check-time: a duration like 10m or 1.5s is expected
            --strict-reconfig-check=maybe | invalid boolean value "maybe" for --strict-reconfig-check: parse error
            --grpc-keepalive-min-time=x | invalid value "x" for --grpc-keepalive-min-time: a duration like 10m or 1.5s is expected
            --tls-min-version=TLS1.1 | unexpected TLS version "TLS1.1" (must be one of: TLS1.2, TLS1.3)
            --tls-max-version=x | unexpected TLS version "x" (must be one of: TLS1.2, TLS1.3)
            --cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,NOPE | unexpected TLS cipher suite "NOPE"
            --cipher-suites=TLS_RSA_WITH_RC4_128_SHA | TLS cipher suite "TLS_RSA_WITH_RC4_128_SHA" is not spoken: it is insecure
            --compaction-batch-limit=10 | Unknown option: '--compaction-batch-limit=10'
            --snapshot-catchup-entries=10 | Unknown option: '--snapshot-catchup-entries=10'
            --logger=capnslog | invalid value "capnslog" for --logger: zap is expected
            """)
    void wrongFlagsAreNamed(String flag, String message) {
        assertThatThrownBy(() -> parse(flag)).isInstanceOf(StoreOptions.InvalidOptionException.class)
                .hasMessage(message);
    }

    @Test
    void theLastOfAFlagCounts() {
        assertThat(parse("--name=first", "--name", "second", "--unsafe-no-fsync", "--unsafe-no-fsync=false"))
                .returns("second", StoreOptions::name).returns(true, StoreOptions::sync);
    }

    @Test
    void statesAreSentAtMostSoFast() {
        assertThat(parse().snapshotTransferRate()).isEqualTo(128 << 20);
        assertThat(parse("--snapshot-transfer-rate=0").snapshotTransferRate()).isZero();
        assertThatThrownBy(() -> parse("--snapshot-transfer-rate=1000"))
                .hasMessageContaining("--snapshot-transfer-rate: 0 or at least 1048576");
    }
}
