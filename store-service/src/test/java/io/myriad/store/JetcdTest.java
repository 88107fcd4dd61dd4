package io.myriad.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** jetcd as it is, against this store. */
final class JetcdTest {

    @TempDir
    Path directory = Path.of("");

    private TestStore store;
    private Client client;
    private KV kv;

    @BeforeEach
    void start() {
        store = TestStore.start(directory);
        client = Client.builder().endpoints("http://127.0.0.1:" + store.port()).build();
        kv = client.getKVClient();
    }

    @AfterEach
    void stop() {
        client.close();
        store.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private String value(String key) throws Exception {
        GetResponse found = await(kv.get(bytes(key)));
        return found.getKvs().isEmpty() ? "" : found.getKvs().getFirst().getValue().toString();
    }

    @Test
    void keysTransactionsAndCompaction() throws Exception {
        long first = await(kv.put(bytes("a"), bytes("1"))).getHeader().getRevision();
        assertThat(await(kv.put(bytes("a"), bytes("2"), PutOption.builder().withPrevKV().build())).getPrevKv()
                .getValue()).isEqualTo(bytes("1"));
        await(kv.put(bytes("b"), bytes("3")));
        assertThat(await(kv.get(bytes("a"), GetOption.builder().isPrefix(true).build())).getCount()).isEqualTo(1);
        assertThat(await(kv.get(bytes("a"), GetOption.builder().withRevision(first).build())).getKvs().getFirst()
                .getValue()).isEqualTo(bytes("1"));

        assertThat(await(kv.txn().If(new Cmp(bytes("a"), Cmp.Op.EQUAL, CmpTarget.value(bytes("2"))))
                .Then(Op.put(bytes("a"), bytes("4"), PutOption.DEFAULT)).Else(Op.get(bytes("a"), GetOption.DEFAULT))
                .commit()).isSucceeded()).isTrue();
        assertThat(value("a")).isEqualTo("4");
        assertThat(await(kv.delete(bytes("a"))).getDeleted()).isEqualTo(1);
        await(kv.compact(first + 1));
        assertThatThrownBy(() -> await(kv.get(bytes("a"), GetOption.builder().withRevision(first).build())))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("etcdserver: mvcc: required revision has been compacted");
    }

    @Test
    void watchesFromTheHistoryOn() throws Exception {
        long first = await(kv.put(bytes("w/1"), bytes("1"))).getHeader().getRevision();
        await(kv.put(bytes("w/2"), bytes("2")));
        BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        try (Watch.Watcher watcher = client.getWatchClient().watch(bytes("w/"),
                WatchOption.builder().isPrefix(true).withRevision(first).withPrevKV(true).build(), responses::add)) {
            await(kv.delete(bytes("w/1")));
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().endsWith("DELETE")) {
                WatchResponse response = responses.poll(30, TimeUnit.SECONDS);
                assertThat(response).as("what comes after %s", seen).isNotNull();
                for (WatchEvent event : response.getEvents()) {
                    seen.append(' ').append(event.getKeyValue().getKey()).append(event.getEventType());
                }
            }
            assertThat(seen).hasToString(" w/1PUT w/2PUT w/1DELETE");
        }
    }

    @Test
    void leasesLocksAndElections() throws Exception {
        long lease = await(client.getLeaseClient().grant(600)).getID();
        await(kv.put(bytes("leased"), bytes("1"), PutOption.builder().withLeaseId(lease).build()));
        assertThat(await(client.getLeaseClient().keepAliveOnce(lease)).getTTL()).isEqualTo(600);
        assertThat(await(client.getLeaseClient().timeToLive(lease,
                LeaseOption.builder().withAttachedKeys().build())).getKeys()).containsExactly(bytes("leased"));

        ByteSequence held = await(client.getLockClient().lock(bytes("lock"), lease)).getKey();
        CompletableFuture<?> waiting = client.getLockClient().lock(bytes("lock"),
                await(client.getLeaseClient().grant(600)).getID());
        await(client.getLockClient().unlock(held));
        await(waiting);

        CampaignResponse won = await(client.getElectionClient().campaign(bytes("election"), lease, bytes("me")));
        assertThat(await(client.getElectionClient().leader(bytes("election"))).getKv().getValue())
                .isEqualTo(bytes("me"));
        await(client.getElectionClient().resign(won.getLeader()));

        await(client.getLeaseClient().revoke(lease));
        assertThat(value("leased")).isEmpty();
    }

    @Test
    void usersAndUpkeep() throws Exception {
        await(kv.put(bytes("a"), bytes("1")));
        assertThat(await(client.getClusterClient().listMember()).getMembers()).hasSize(1);
        String member = "http://127.0.0.1:" + store.port();
        assertThat(await(client.getMaintenanceClient().statusMember(member)).getVersion()).startsWith("3.7.");
        await(client.getMaintenanceClient().defragmentMember(member));
        ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
        assertThat(await(client.getMaintenanceClient().snapshot(snapshot))).isEqualTo(snapshot.size()).isPositive();

        await(client.getAuthClient().userAdd(bytes("root"), bytes("pw")));
        await(client.getAuthClient().roleAdd(bytes("root")));
        await(client.getAuthClient().userGrantRole(bytes("root"), bytes("root")));
        await(client.getAuthClient().authEnable());
        try (Client root = Client.builder().endpoints(member).user(bytes("root")).password(bytes("pw")).build()) {
            assertThat(await(root.getKVClient().get(bytes("a"))).getCount()).isEqualTo(1);
            assertThatThrownBy(() -> await(kv.get(bytes("a")))).hasMessageContaining("user name is empty");
            await(root.getAuthClient().authDisable());
        }
        assertThat(value("a")).isEqualTo("1");
    }
}
