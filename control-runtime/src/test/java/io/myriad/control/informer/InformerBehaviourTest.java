package io.myriad.control.informer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.myriad.control.client.ApiClient;
import io.myriad.control.client.Resources;
import io.myriad.control.client.ScriptedServer;
import io.myriad.control.client.ScriptedServer.Call;

import static org.assertj.core.api.Assertions.assertThat;

/** An informer against a server that follows a script: lists, watches, breaks, and what comes back afterwards. */
@Timeout(120)
class InformerBehaviourTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedServer server = new ScriptedServer();
    private final ApiClient client = ApiClient.create(ScriptedServer.options(server.uri()), registry);
    private final InformerFactory factory = new InformerFactory(client, registry, new Random(1), 1, 20);
    private final Informer<String> informer = factory.informer(InformerSpec.of(Resources.CONFIG_MAPS, object -> {
        if (object.name().equals("unreadable")) {
            throw new IllegalStateException("unreadable");
        }
        return object.resourceVersion();
    }));
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    InformerBehaviourTest() {
        informer.addHandler(new InformerHandler<>() {
            @Override
            public void added(ObjectKey key, String now, boolean initial) {
                heard.add((initial ? "initial " : "added ") + key.name() + " " + now);
                if (key.name().equals("poison")) {
                    throw new IllegalStateException("a handler's defect");
                }
            }

            @Override
            public void updated(ObjectKey key, String before, String now) {
                heard.add("updated " + key.name() + " " + now);
            }

            @Override
            public void deleted(ObjectKey key, String last) {
                heard.add("deleted " + key.name());
            }
        });
    }

    @AfterEach
    void close() {
        factory.close();
        client.close();
        server.close();
    }

    private static String object(String name, long version) {
        return "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" + name
                + "','namespace':'d','resourceVersion':'"
                + version + "'}}";
    }

    private static String bookmark(long version, boolean endOfList) {
        return "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'resourceVersion':'" + version + "'"
                + (endOfList ? ",'annotations':{'k8s.io/initial-events-end':'true'}" : "") + "}}";
    }

    private static final String GONE = "{'kind':'Status','apiVersion':'v1','reason':'Expired','message':'too old','code':410}";

    private void hears(String... expected) throws InterruptedException {
        for (String one : expected) {
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(one);
        }
    }

    /** Begins with a and b at version 10; gives the open watch. */
    private Call begin() throws Exception {
        factory.start();
        Call first = server.next();
        first.event("ADDED", object("a", 3));
        first.event("ADDED", object("b", 5));
        first.event("BOOKMARK", bookmark(10, true));
        informer.synced().get(30, TimeUnit.SECONDS);
        hears("initial a 3", "initial b 5");
        return first;
    }

    private static void resumes(Call call, long version) {
        assertThat(call.query("watch")).isEqualTo("true");
        assertThat(call.query("resourceVersion")).isEqualTo(Long.toString(version));
        assertThat(call.query("sendInitialEvents")).isEmpty();
    }

    private static void beginsAnew(Call call) {
        assertThat(call.query("sendInitialEvents")).isEqualTo("true");
        assertThat(call.query("resourceVersion")).isEmpty();
    }

    @Test
    void aWatchThatStartsWithWhatThereIs() throws Exception {
        factory.start();
        Call call = server.next();
        assertThat(call.path()).isEqualTo("/api/v1/configmaps");
        beginsAnew(call);
        assertThat(call.query("resourceVersionMatch")).isEqualTo("NotOlderThan");
        assertThat(call.query("allowWatchBookmarks")).isEqualTo("true");
        call.event("ADDED", object("a", 3));
        hears("initial a 3");
        assertThat(informer.synced()).isNotDone();
        call.event("BOOKMARK", bookmark(10, true));
        informer.synced().get(30, TimeUnit.SECONDS);
        assertThat(informer.hasSeen(10)).isTrue();
        call.event("MODIFIED", object("a", 11));
        call.event("ADDED", object("c", 12));
        call.event("DELETED", object("a", 13));
        hears("updated a 11", "added c 12", "deleted a");
        assertThat(informer.keys()).containsExactly(new ObjectKey("d", "c"));
    }

    @Test
    void resumesWhereItWasAfterAnOrderlyEndAndAfterABreak() throws Exception {
        Call call = begin();
        call.event("MODIFIED", object("a", 11));
        hears("updated a 11");
        call.end();
        call = server.next();
        resumes(call, 11);
        call.event("BOOKMARK", bookmark(40, false));
        call.event("MODIFIED", object("a", 41));
        hears("updated a 41");
        call.event("BOOKMARK", bookmark(50, false));
        call.event("ADDED", object("poison", 51)); // so that the bookmark before it has surely arrived
        hears("added poison 51");
        call.cut();
        resumes(server.next(), 51);
        assertThat(informer.size()).isEqualTo(3);
        assertThat(informer.faults()).as("a handler's defect is counted and stops nothing").isEqualTo(1);
    }

    @Test
    void aBookmarkMovesThePlaceToResume() throws Exception {
        Call call = begin();
        call.event("BOOKMARK", bookmark(77, false));
        call.end();
        resumes(server.next(), 77);
        assertThat(informer.hasSeen(77)).isTrue();
    }

    @Test
    void whenItsPlaceIsTooOldItListsAgainAndHearsWhatItMissed() throws Exception {
        Call call = begin();
        call.event("ERROR", GONE);
        call.end();
        call = server.next();
        beginsAnew(call);
        call.event("ADDED", object("b", 5));
        call.event("ADDED", object("c", 20));
        assertThat(informer.get("d", "a")).as("until the list is complete nothing is gone").isNotNull();
        call.event("BOOKMARK", bookmark(30, true));
        hears("added c 20", "deleted a");
        call.end();
        resumes(server.next(), 30);
    }

    @Test
    void aRefusalAsTooOldIsTheSame() throws Exception {
        begin().end();
        Call refused = server.next();
        resumes(refused, 10);
        refused.refuse(410, "Expired");
        beginsAnew(server.next());
    }

    @Test
    void aListThatBreaksInTheMiddleIsBegunAgain() throws Exception {
        factory.start();
        Call call = server.next();
        call.event("ADDED", object("a", 3));
        hears("initial a 3");
        call.cut();
        call = server.next();
        beginsAnew(call);
        assertThat(informer.synced()).isNotDone();
        call.event("ADDED", object("b", 4));
        call.event("BOOKMARK", bookmark(9, true));
        informer.synced().get(30, TimeUnit.SECONDS);
        hears("initial b 4", "deleted a");
    }

    @Test
    void aServerThatDoesNotKnowSuchWatchesIsAskedForPages() throws Exception {
        factory.start();
        server.next().refuse(422, "Invalid");
        Call page = server.next();
        assertThat(page.query("limit")).isEqualTo("500");
        page.answer(200,
                "{'apiVersion':'v1','kind':'ConfigMapList','metadata':{'resourceVersion':'10','continue':'next'},"
                        + "'items':[" + object("a", 3) + "]}");
        page = server.next();
        assertThat(page.query("continue")).isEqualTo("next");
        page.refuse(410, "Expired");
        page = server.next();
        assertThat(page.query("continue") + page.query("limit")).as("all at once").isEmpty();
        page.answer(200, "{'apiVersion':'v1','kind':'ConfigMapList','metadata':{'resourceVersion':'12'},'items':["
                + object("b", 5) + "]}");
        informer.synced().get(30, TimeUnit.SECONDS);
        hears("initial a 3", "initial b 5", "deleted a");
        resumes(server.next(), 12);
    }

    @Test
    void whatIsNoEventBreaksTheWatchAndNothingIsLost() throws Exception {
        Call call = begin();
        call.event("MODIFIED", object("a", 11));
        hears("updated a 11");
        call.raw("this is not JSON\n");
        call = server.next();
        resumes(call, 11);
        call.event("SURPRISE", object("a", 12));
        resumes(server.next(), 11);
    }

    @Test
    void refusalsOfAllKindsArePassing() throws Exception {
        begin().end();
        server.next().refuse(429, "TooManyRequests", "Retry-After", "1");
        server.next().refuse(500, "InternalError");
        server.next().refuse(403, "Forbidden");
        server.next().cut();
        Call call = server.next();
        resumes(call, 10);
        call.event("DELETED", object("a", 11));
        hears("deleted a");
    }

    @Test
    void oneThatCannotBeReadIsLeftOutAndCounted() throws Exception {
        Call call = begin();
        call.event("ADDED", object("unreadable", 11));
        call.event("ADDED", object("c", 12));
        hears("added c 12");
        assertThat(informer.faults()).isEqualTo(1);
        assertThat(informer.size()).isEqualTo(3);
    }

    @Test
    void goesOnAtAnotherServerWhenOneDies() throws Exception {
        factory.close();
        try (ScriptedServer other = new ScriptedServer();
                ApiClient both = ApiClient.create(ScriptedServer.options(server.uri(), other.uri()), registry);
                InformerFactory ours = new InformerFactory(both, registry, new Random(1), 1, 20)) {
            Informer<String> one = ours.informer(InformerSpec.of(Resources.CONFIG_MAPS, object -> object.name()));
            ours.start();
            List<ScriptedServer> servers = new ArrayList<>(List.of(server, other));
            while (server.idle() && other.idle()) {
                Thread.onSpinWait();
            }
            if (server.idle()) {
                Collections.reverse(servers);
            }
            Call call = servers.getFirst().next();
            call.event("ADDED", object("a", 3));
            call.event("BOOKMARK", bookmark(10, true));
            one.synced().get(30, TimeUnit.SECONDS);
            call.cut();
            servers.getFirst().close();
            resumes(servers.getLast().next(), 10);
        }
    }

    @Test
    void whenTheDataWerePutBackItListsAgain() throws Exception {
        Call call = begin();
        call.event("MODIFIED", object("a", 500));
        hears("updated a 500");
        call.end();
        for (int i = 0; i < 5; i++) {
            call = server.next();
            resumes(call, 500);
            call.answer(504,
                    "{'kind':'Status','apiVersion':'v1','reason':'Timeout','message':'Too large resource version',"
                            + "'code':504,'details':{'causes':[{'reason':'ResourceVersionTooLarge','message':'x'}]}}");
        }
        call = server.next();
        beginsAnew(call);
        call.event("ADDED", object("a", 3));
        call.event("BOOKMARK", bookmark(20, true));
        hears("updated a 3", "deleted b");
        call.event("ADDED", object("c", 21));
        hears("added c 21");
        while (!informer.hasSeen(21)) {
            Thread.onSpinWait();
        }
        assertThat(informer.hasSeen(500)).isFalse();
    }

    @Test
    void indexesFollow() throws Exception {
        Index<String> byVersion = new Index<>("version", (key, value) -> List.of(value));
        Informer<String> indexed = factory.informer(
                InformerSpec.<String>of(Resources.CONFIG_MAPS, object -> object.resourceVersion()).indexed(byVersion));
        Call call = begin();
        indexed.synced().get(30, TimeUnit.SECONDS);
        assertThat(indexed.byIndex(byVersion, "3")).containsExactly("3");
        call.event("MODIFIED", object("a", 5));
        hears("updated a 5");
        call.event("DELETED", object("b", 6));
        hears("deleted b");
        call.event("ADDED", object("c", 7));
        hears("added c 7");
        call.event("BOOKMARK", bookmark(20, false)); // the other informer hears each event first
        while (!indexed.hasSeen(20)) {
            Thread.onSpinWait();
        }
        assertThat(indexed.indexKeys(byVersion)).containsExactlyInAnyOrder("5", "7");
        assertThat(indexed.byIndex(byVersion, "3")).isEmpty();
    }
}
