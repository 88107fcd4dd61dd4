package io.myriad.apiserver.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;
import io.myriad.apiserver.storage.ObjectStorage.ListResult;
import io.myriad.apiserver.storage.ObjectStorage.VersionMatch;
import io.myriad.apiserver.storage.ObjectStorage.WatchQuery;
import io.myriad.apiserver.storage.WatchCursor.Event;
import io.myriad.apiserver.storage.WatchCursor.EventType;
import io.myriad.apiserver.storage.testing.TestPods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every {@link ObjectStorage} does, played on pods. */
public abstract class ObjectStorageContract {
    private static final Selection ALL = select("", "", "");
    private static final long FAR_FUTURE = 999_999_999_999L;

    private ObjectStorage storage;

    /** An empty storage of pods. */
    protected abstract ObjectStorage open() throws Exception;

    /** Frees what {@link #open} made. */
    protected abstract void closeAll() throws Exception;

    /** Makes the storage forget the versions before {@code revision}, for lists of them and watches from them. */
    protected abstract void forget(long revision) throws Exception;

    /** Lets so many seconds pass, where objects end by themselves. False when this storage cannot. */
    protected abstract boolean pass(long seconds) throws Exception;

    @BeforeEach
    void openStorage() throws Exception {
        storage = open();
    }

    @AfterEach
    void closeStorage() throws Exception {
        closeAll();
    }

    static Selection select(String namespace, String labels, String fields) {
        return new Selection(namespace, LabelSelector.parse(labels), FieldSelector.parse(fields));
    }

    private CachedObject create(String namespace, String name, String node, Map<String, String> labels) {
        return storage.create(namespace, name, TestPods.pod(namespace, name, node, labels, "1"), 0);
    }

    private CachedObject create(String name) {
        return create("a", name, "", Map.of());
    }

    private CachedObject update(CachedObject pod, String node, Map<String, String> labels, String note) {
        CachedObject updated = storage.replace(pod,
                TestPods.pod(pod.namespace(), pod.name(), node, labels, note), 0);
        assertThat(updated).isNotNull();
        return updated;
    }

    private CachedObject update(CachedObject pod, String note) {
        return update(pod, "", Map.of(), note);
    }

    private CachedObject remove(CachedObject pod) {
        CachedObject removed = storage.remove(pod);
        assertThat(removed).isNotNull();
        return removed;
    }

    private ListResult list(Selection selection, String version, VersionMatch match, long limit, String token) {
        return storage.list(new ListQuery(selection, version, match, limit, token));
    }

    private ListResult list(Selection selection) {
        return list(selection, "", VersionMatch.UNSET, 0, "");
    }

    private static List<String> names(ListResult result) {
        List<String> names = new ArrayList<>();
        for (CachedObject object : result.items()) {
            names.add(object.namespace() + "/" + object.name());
        }
        return names;
    }

    private static void assertReason(StatusReason reason, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusException.class,
                failure -> assertThat(failure.status().reason()).isEqualTo(reason));
    }

    private static String text(long version) {
        return Long.toString(version);
    }

    @Test
    void anObjectIsReadAsItWasWritten() {
        CachedObject created = create("a", "x", "n1", Map.of("l", "1"));
        CachedObject read = storage.get("a", "x", "");
        assertThat(read).isNotNull();
        assertThat(read.resourceVersion()).isEqualTo(created.resourceVersion()).isPositive();
        assertThat(read.bytes()).isEqualTo(created.bytes());
        assertThat(TestPods.versionInBytes(read)).isEqualTo(text(read.resourceVersion()));
        assertThat(TestPods.read(read).path("spec").path("nodeName").stringValue()).isEqualTo("n1");
        assertThat(storage.get("a", "none", "")).isNull();
        assertThat(storage.get("none", "x", "")).isNull();
    }

    @Test
    void writesAreOptimistic() {
        CachedObject first = create("x");
        assertReason(StatusReason.ALREADY_EXISTS, () -> create("x"));
        CachedObject second = update(first, "2");
        assertThat(second.resourceVersion()).isGreaterThan(first.resourceVersion());
        assertThat(storage.replace(first, TestPods.pod("a", "x", "", Map.of(), "3"), 0)).isNull();
        assertThat(storage.remove(first)).isNull();
        CachedObject removed = remove(second);
        assertThat(removed.resourceVersion()).isGreaterThan(second.resourceVersion());
        assertThat(TestPods.versionInBytes(removed)).isEqualTo(text(removed.resourceVersion()));
        assertThat(TestPods.note(removed)).isEqualTo("2");
        assertThat(storage.get("a", "x", "")).isNull();
        assertThat(storage.remove(second)).isNull();
        assertThat(storage.replace(second, TestPods.pod("a", "x", "", Map.of(), "3"), 0)).isNull();
        assertThat(create("x").resourceVersion()).isGreaterThan(removed.resourceVersion());
    }

    @Test
    void readsSeeEveryWriteBeforeThem() {
        for (int i = 0; i < 50; i++) {
            CachedObject created = create("x" + i);
            assertThat(storage.get("a", "x" + i, "")).isNotNull();
            assertThat(list(ALL).items()).hasSize(i + 1);
            assertThat(storage.currentResourceVersion()).isGreaterThanOrEqualTo(created.resourceVersion());
        }
        assertThat(storage.count()).isEqualTo(50);
    }

    @Test
    void getHonoursTheVersion() {
        CachedObject first = create("x");
        CachedObject second = update(first, "2");
        for (String version : List.of(text(first.resourceVersion()), text(second.resourceVersion()))) {
            CachedObject read = storage.get("a", "x", version);
            assertThat(read).isNotNull();
            assertThat(read.resourceVersion()).isGreaterThanOrEqualTo(Long.parseLong(version));
        }
        assertReason(StatusReason.TIMEOUT, () -> storage.get("a", "x", text(FAR_FUTURE)));
        assertReason(StatusReason.BAD_REQUEST, () -> storage.get("a", "x", "abc"));
        assertReason(StatusReason.BAD_REQUEST, () -> storage.get("a", "x", "-1"));
        assertReason(StatusReason.BAD_REQUEST, () -> storage.get("a", "x", "99999999999999999999"));
    }

    @Test
    void listsAreInTheStoresKeyOrder() {
        create("b", "x", "", Map.of());
        create("a", "y", "", Map.of());
        create("a-b", "x", "", Map.of());
        create("a", "x", "", Map.of());
        create("a", "x.1", "", Map.of());
        create("a", "x-1", "", Map.of());
        assertThat(names(list(ALL))).containsExactly("a-b/x", "a/x", "a/x-1", "a/x.1", "a/y", "b/x");
        assertThat(names(list(select("a", "", "")))).containsExactly("a/x", "a/x-1", "a/x.1", "a/y");
        assertThat(names(list(select("a-b", "", "")))).containsExactly("a-b/x");
        assertThat(names(list(select("none", "", "")))).isEmpty();
    }

    @Test
    void listsSelect() {
        create("a", "p", "n1", Map.of("l", "1", "m", "x"));
        create("a", "q", "n2", Map.of("l", "2"));
        create("b", "r", "n1", Map.of("l", "1"));
        create("b", "s", "", Map.of());
        assertThat(names(list(select("", "l=1", "")))).containsExactly("a/p", "b/r");
        assertThat(names(list(select("b", "l=1", "")))).containsExactly("b/r");
        assertThat(names(list(select("", "l in (1,2),!m", "")))).containsExactly("a/q", "b/r");
        assertThat(names(list(select("", "l notin (1)", "")))).containsExactly("a/q", "b/s");
        assertThat(names(list(select("", "l", "")))).containsExactly("a/p", "a/q", "b/r");
        assertThat(names(list(select("", "!l", "")))).containsExactly("b/s");
        assertThat(names(list(select("", "", "spec.nodeName=n1")))).containsExactly("a/p", "b/r");
        assertThat(names(list(select("", "", "spec.nodeName!=n1")))).containsExactly("a/q", "b/s");
        assertThat(names(list(select("", "", "spec.nodeName=")))).containsExactly("b/s");
        assertThat(names(list(select("", "", "status.phase=Pending")))).containsExactly("b/s");
        assertThat(names(list(select("", "", "spec.hostNetwork=false")))).hasSize(4);
        assertThat(names(list(select("", "", "metadata.name=r")))).containsExactly("b/r");
        assertThat(names(list(select("a", "", "metadata.name=r")))).isEmpty();
        assertThat(names(list(select("b", "l=2", "metadata.name=r")))).isEmpty();
        assertThat(names(list(select("", "", "metadata.namespace=b")))).containsExactly("b/r", "b/s");
        assertThat(names(list(select("a", "", "metadata.namespace=b")))).isEmpty();
        assertThat(names(list(select("", "l=1", "spec.nodeName=n1,metadata.namespace!=a")))).containsExactly("b/r");
    }

    @Test
    void listVersionsFollowTheTable() {
        CachedObject x = create("x");
        CachedObject y = create("y");
        CachedObject changed = update(x, "2");
        CachedObject z = create("z");
        String old = text(y.resourceVersion());

        assertThat(list(ALL).resourceVersion()).isEqualTo(storage.currentResourceVersion());
        assertThat(names(list(ALL, "0", VersionMatch.UNSET, 1, ""))).as("0 ignores the limit").hasSize(3);
        assertThat(list(ALL, old, VersionMatch.UNSET, 0, "").resourceVersion())
                .isGreaterThanOrEqualTo(z.resourceVersion());
        assertThat(names(list(ALL, old, VersionMatch.NOT_OLDER_THAN, 0, ""))).hasSize(3);

        ListResult exact = list(ALL, old, VersionMatch.EXACT, 0, "");
        assertThat(names(exact)).containsExactly("a/x", "a/y");
        assertThat(exact.resourceVersion()).isEqualTo(y.resourceVersion());
        assertThat(exact.items().getFirst().resourceVersion()).isEqualTo(x.resourceVersion());
        assertThat(names(list(ALL, text(x.resourceVersion()), VersionMatch.EXACT, 0, ""))).containsExactly("a/x");
        assertThat(list(ALL, text(changed.resourceVersion()), VersionMatch.EXACT, 0, "").items().getFirst()
                .resourceVersion()).isEqualTo(changed.resourceVersion());

        ListResult legacy = list(ALL, old, VersionMatch.UNSET, 1, "");
        assertThat(names(legacy)).as("a version with a limit is exact").containsExactly("a/x");
        assertThat(legacy.resourceVersion()).isEqualTo(y.resourceVersion());
        assertThat(legacy.remainingItemCount()).isEqualTo(1);
        ListResult notOlder = list(ALL, old, VersionMatch.NOT_OLDER_THAN, 2, "");
        assertThat(notOlder.resourceVersion()).isGreaterThanOrEqualTo(z.resourceVersion());
        assertThat(notOlder.remainingItemCount()).isEqualTo(1);
    }

    @Test
    void futureVersionsTimeOut() {
        create("x");
        for (VersionMatch match : VersionMatch.values()) {
            assertThatThrownBy(() -> list(ALL, text(FAR_FUTURE), match, 0, ""))
                    .isInstanceOfSatisfying(StatusException.class, failure -> {
                        assertThat(failure.status().code()).isEqualTo(504);
                        assertThat(failure.status().details().retryAfterSeconds()).isEqualTo(1);
                        assertThat(failure.status().details().causes().getFirst().reason())
                                .isEqualTo("ResourceVersionTooLarge");
                    });
        }
    }

    @Test
    void pagesAreOfOneVersion() {
        List<CachedObject> pods = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            pods.add(create("p" + i));
        }
        ListResult first = list(ALL, "", VersionMatch.UNSET, 3, "");
        assertThat(names(first)).containsExactly("a/p0", "a/p1", "a/p2");
        assertThat(first.remainingItemCount()).isEqualTo(4);
        remove(pods.get(4));
        update(pods.get(5), "2");
        create("p55");
        ListResult second = list(ALL, "", VersionMatch.UNSET, 3, first.continueToken());
        assertThat(names(second)).containsExactly("a/p3", "a/p4", "a/p5");
        assertThat(TestPods.note(second.items().getLast())).isEqualTo("1");
        assertThat(second.resourceVersion()).isEqualTo(first.resourceVersion());
        assertThat(second.remainingItemCount()).isEqualTo(1);
        ListResult third = list(ALL, "0", VersionMatch.UNSET, 3, second.continueToken());
        assertThat(names(third)).containsExactly("a/p6");
        assertThat(third.continueToken()).isEmpty();
        assertThat(third.remainingItemCount()).isNull();
        assertThat(names(list(ALL, "", VersionMatch.UNSET, 0, second.continueToken()))).containsExactly("a/p6");
    }

    @Test
    void pagesOfANamespaceAndOfASelection() {
        for (int i = 0; i < 6; i++) {
            create("a", "p" + i, "", Map.of("l", Integer.toString(i % 2)));
            create("b", "p" + i, "", Map.of("l", Integer.toString(i % 2)));
        }
        Selection namespace = select("a", "", "");
        ListResult first = list(namespace, "", VersionMatch.UNSET, 4, "");
        assertThat(first.remainingItemCount()).isEqualTo(2);
        ContinueToken token = ContinueToken.decode(first.continueToken());
        assertThat(token).isEqualTo(new ContinueToken(first.resourceVersion(), "p3\0"));
        assertThat(names(list(namespace, "", VersionMatch.UNSET, 4, first.continueToken())))
                .containsExactly("a/p4", "a/p5");

        Selection odd = select("", "l=1", "");
        ListResult selected = list(odd, "", VersionMatch.UNSET, 4, "");
        assertThat(names(selected)).containsExactly("a/p1", "a/p3", "a/p5", "b/p1");
        assertThat(selected.remainingItemCount()).as("with a selector").isNull();
        assertThat(ContinueToken.decode(selected.continueToken()).start()).isEqualTo("b/p1\0");
        assertThat(names(list(odd, "", VersionMatch.UNSET, 4, selected.continueToken())))
                .containsExactly("b/p3", "b/p5");
    }

    @Test
    void aTokenCannotLeaveTheNamespace() {
        create("a", "x", "", Map.of());
        create("b", "x", "", Map.of());
        create("c", "x", "", Map.of());
        String token = new ContinueToken(storage.currentResourceVersion(), "a/x").encode();
        assertThat(names(list(select("", "", "metadata.namespace=b"), "", VersionMatch.UNSET, 5, token)))
                .containsExactly("b/x");
        assertThat(names(list(select("b", "", ""), "", VersionMatch.UNSET, 5, token))).containsExactly("b/x");
        for (String start : List.of("../c/x", "a//x", "", "./x")) {
            String bad = new ContinueToken(storage.currentResourceVersion(), start).encode();
            assertReason(StatusReason.BAD_REQUEST, () -> list(select("b", "", ""), "", VersionMatch.UNSET, 5, bad));
        }
        assertReason(StatusReason.BAD_REQUEST, () -> list(ALL, "", VersionMatch.UNSET, 5, "%%%"));
        assertReason(StatusReason.BAD_REQUEST, () -> list(ALL, "", VersionMatch.UNSET, 5, "e30"));
    }

    @Test
    void forgottenVersionsAreGone() throws Exception {
        CachedObject x = create("x");
        create("y");
        ListResult first = list(ALL, "", VersionMatch.UNSET, 1, "");
        CachedObject changed = update(x, "2");
        create("z");
        forget(changed.resourceVersion());
        assertThat(names(list(ALL, text(changed.resourceVersion()), VersionMatch.EXACT, 0, "")))
                .containsExactly("a/x", "a/y");
        assertReason(StatusReason.EXPIRED, () -> list(ALL, text(x.resourceVersion()), VersionMatch.EXACT, 0, ""));
        assertThatThrownBy(() -> list(ALL, "", VersionMatch.UNSET, 1, first.continueToken()))
                .isInstanceOfSatisfying(StatusException.class, failure -> {
                    assertThat(failure.status().reason()).isEqualTo(StatusReason.EXPIRED);
                    ListResult rest = list(ALL, "", VersionMatch.UNSET, 1, failure.status().continueToken());
                    assertThat(names(rest)).containsExactly("a/y");
                    assertThat(rest.resourceVersion()).isGreaterThan(first.resourceVersion());
                    assertThat(names(list(ALL, "", VersionMatch.UNSET, 0, rest.continueToken())))
                            .containsExactly("a/z");
                });
        try (Watch watch = watch(ALL, text(x.resourceVersion()), null, true)) {
            Event event = watch.next();
            if (event.type() == EventType.ERROR) {
                assertThat(event.status().code()).isEqualTo(410);
                assertThat(event.status().reason()).isEqualTo(StatusReason.EXPIRED);
                assertThat(watch.cursor.poll()).isNull();
                assertThat(watch.cursor.bookmark()).isNull();
            } else {
                assertThat(event.object().name()).as("all or nothing").isEqualTo("y");
                assertThat(watch.take(2)).containsExactly("MODIFIED a/x 2", "ADDED a/z 1");
            }
        }
        try (Watch watch = watch(ALL, text(changed.resourceVersion()), null, true)) {
            assertThat(watch.take(1)).containsExactly("ADDED a/z 1");
        }
    }

    @Test
    void objectsEndByThemselves() throws Exception {
        CachedObject x = storage.create("a", "x", TestPods.pod("a", "x", "", Map.of(), "1"), 1);
        storage.create("a", "y", TestPods.pod("a", "y", "", Map.of(), "1"), 0);
        try (Watch watch = watch(ALL, text(x.resourceVersion()), null, false)) {
            assertThat(watch.take(1)).containsExactly("ADDED a/y 1");
            if (pass(2)) {
                assertThat(watch.take(1)).containsExactly("DELETED a/x 1");
                assertThat(storage.get("a", "x", "")).isNull();
            }
        }
    }

    @Test
    void aWatchSeesWhatHappensBehindItsVersion() {
        CachedObject x = create("x");
        try (Watch watch = watch(ALL, text(x.resourceVersion()), null, false)) {
            assertThat(watch.cursor.poll()).isNull();
            CachedObject changed = update(x, "2");
            CachedObject y = create("b", "y", "", Map.of());
            CachedObject removed = remove(changed);
            Event modified = watch.next();
            assertThat(modified.type()).isEqualTo(EventType.MODIFIED);
            assertThat(modified.object().bytes()).isEqualTo(changed.bytes());
            assertThat(modified.resourceVersion()).isEqualTo(changed.resourceVersion());
            assertThat(watch.next().object().bytes()).isEqualTo(y.bytes());
            Event deleted = watch.next();
            assertThat(deleted.type()).isEqualTo(EventType.DELETED);
            assertThat(deleted.object().bytes()).isEqualTo(removed.bytes());
            assertThat(deleted.resourceVersion()).isEqualTo(removed.resourceVersion());
            assertThat(watch.cursor.poll()).isNull();
        }
        try (Watch watch = watch(select("b", "", ""), text(x.resourceVersion()), null, false)) {
            assertThat(watch.take(1)).containsExactly("ADDED b/y 1");
            assertThat(watch.cursor.poll()).isNull();
        }
    }

    @Test
    void objectsEnterAndLeaveASelection() {
        CachedObject x = create("a", "x", "", Map.of("l", "1"));
        String start = text(x.resourceVersion());
        try (Watch one = watch(select("", "l=1", ""), start, null, false);
                Watch two = watch(select("", "l=2", ""), start, null, false);
                Watch node = watch(select("", "", "spec.nodeName=n1"), start, null, false);
                Watch pending = watch(select("", "", "spec.nodeName="), start, null, false)) {
            x = update(x, "", Map.of("l", "1"), "2");
            x = update(x, "", Map.of("l", "2"), "3");
            long left = x.resourceVersion();
            x = update(x, "n1", Map.of("l", "2"), "4");
            x = update(x, "n1", Map.of("l", "1"), "5");
            remove(x);
            assertThat(one.next().type()).isEqualTo(EventType.MODIFIED);
            Event gone = one.next();
            assertThat(gone.type()).isEqualTo(EventType.DELETED);
            assertThat(TestPods.note(gone.object())).as("the last selected state").isEqualTo("2");
            assertThat(TestPods.versionInBytes(gone.object())).isEqualTo(text(left));
            assertThat(one.take(2)).containsExactly("ADDED a/x 5", "DELETED a/x 5");
            assertThat(two.take(3)).containsExactly("ADDED a/x 3", "MODIFIED a/x 4", "DELETED a/x 4");
            assertThat(node.take(3)).containsExactly("ADDED a/x 4", "MODIFIED a/x 5", "DELETED a/x 5");
            assertThat(pending.take(3)).containsExactly("MODIFIED a/x 2", "MODIFIED a/x 3", "DELETED a/x 3");
            assertThat(two.cursor.poll()).isNull();
            assertThat(pending.cursor.poll()).isNull();
        }
    }

    @Test
    void aWatchWithoutAVersionStartsWithTheState() {
        create("x");
        CachedObject y = create("b", "y", "", Map.of());
        for (String version : List.of("", "0")) {
            storage.get("b", "y", text(y.resourceVersion()));
            try (Watch watch = watch(ALL, version, null, true)) {
                assertThat(watch.take(2)).containsExactly("ADDED a/x 1", "ADDED b/y 1");
                assertThat(watch.cursor.poll()).as("no bookmark without sendInitialEvents").isNull();
                y = update(y, "2");
                assertThat(watch.take(1)).containsExactly("MODIFIED b/y 2");
                remove(y);
                assertThat(watch.take(1)).containsExactly("DELETED b/y 2");
                y = create("b", "y", "", Map.of());
                assertThat(watch.take(1)).containsExactly("ADDED b/y 1");
            }
        }
    }

    @Test
    void initialEventsEndWithABookmark() {
        create("x");
        CachedObject y = create("b", "y", "", Map.of());
        for (String version : List.of("", "0", "1", text(y.resourceVersion()))) {
            storage.get("b", "y", text(y.resourceVersion()));
            try (Watch watch = watch(ALL, version, true, true)) {
                assertThat(watch.take(2)).containsExactly("ADDED a/x 1", "ADDED b/y 1");
                Event end = watch.next();
                assertThat(end.type()).isEqualTo(EventType.BOOKMARK);
                assertThat(end.initialEventsEnd()).isTrue();
                assertThat(end.resourceVersion()).isGreaterThanOrEqualTo(y.resourceVersion());
                assertThat(watch.cursor.poll()).isNull();
            }
        }
        try (Watch watch = watch(select("b", "", ""), "", true, false)) {
            assertThat(watch.take(1)).containsExactly("ADDED b/y 1");
            assertThat(watch.cursor.poll()).as("bookmarks are not allowed").isNull();
        }
        try (Watch watch = watch(select("none", "", ""), "", true, true)) {
            assertThat(watch.next().initialEventsEnd()).isTrue();
        }
        try (Watch watch = watch(ALL, text(FAR_FUTURE), true, true)) {
            assertThat(watch.next().status().code()).isEqualTo(504);
        }
    }

    @Test
    void withoutInitialEventsAWatchStartsNow() {
        CachedObject x = create("x");
        CachedObject changed = update(x, "2");
        try (Watch now = watch(ALL, "", false, true); Watch from = watch(ALL, text(x.resourceVersion()), false, true)) {
            assertThat(now.cursor.poll()).isNull();
            assertThat(from.take(1)).containsExactly("MODIFIED a/x 2");
            remove(changed);
            assertThat(now.take(1)).containsExactly("DELETED a/x 2");
        }
    }

    @Test
    void aWatchFromTheFutureWaits() {
        CachedObject x = create("x");
        try (Watch watch = watch(ALL, text(x.resourceVersion() + 2), null, true)) {
            x = update(x, "2");
            storage.get("a", "x", text(x.resourceVersion()));
            assertThat(watch.cursor.poll()).isNull();
            assertThat(watch.cursor.bookmark()).as("a bookmark would lead back").isNull();
            while (x.resourceVersion() <= 10_000 && !TestPods.note(x).equals("last")) {
                boolean late = x.resourceVersion() >= watch.from;
                x = update(x, late ? "last" : "early");
            }
            assertThat(watch.take(1)).containsExactly("MODIFIED a/x last");
        }
    }

    @Test
    void bookmarksPromiseWhatHasBeenPolled() {
        CachedObject x = create("x");
        try (Watch watch = watch(select("a", "", ""), text(x.resourceVersion()), null, true);
                Watch without = watch(ALL, text(x.resourceVersion()), null, false)) {
            CachedObject other = create("b", "y", "", Map.of());
            list(ALL);
            Event bookmark = watch.cursor.bookmark();
            assertThat(bookmark).isNotNull();
            assertThat(bookmark.type()).isEqualTo(EventType.BOOKMARK);
            assertThat(bookmark.initialEventsEnd()).isFalse();
            assertThat(bookmark.resourceVersion()).isGreaterThanOrEqualTo(other.resourceVersion());
            CachedObject changed = update(x, "2");
            list(ALL);
            assertThat(watch.cursor.bookmark()).as("something is left to poll").isNull();
            assertThat(watch.take(1)).containsExactly("MODIFIED a/x 2");
            bookmark = watch.cursor.bookmark();
            assertThat(bookmark).isNotNull();
            assertThat(bookmark.resourceVersion()).isGreaterThanOrEqualTo(changed.resourceVersion());
            try (Watch resumed = watch(ALL, text(bookmark.resourceVersion()), null, false)) {
                create("z");
                assertThat(resumed.take(1)).containsExactly("ADDED a/z 1");
            }
            assertThat(without.cursor.bookmark()).isNull();
        }
    }

    @Test
    void aClosedWatchIsSilent() {
        CachedObject x = create("x");
        Watch watch = watch(ALL, text(x.resourceVersion()), null, true);
        watch.close();
        update(x, "2");
        list(ALL);
        assertThat(watch.cursor.poll()).isNull();
    }

    private Watch watch(Selection selection, String version, @Nullable Boolean initial, boolean bookmarks) {
        return new Watch(new WatchQuery(selection, version, initial, bookmarks));
    }

    /** A watch, and what waits for its events. */
    private final class Watch implements AutoCloseable {
        private static final long PATIENCE_SECONDS = 20;
        private final Semaphore ready = new Semaphore(0);
        final WatchCursor cursor;
        final long from;

        Watch(WatchQuery query) {
            cursor = storage.watch(query, ready::release);
            from = query.resourceVersion().isEmpty() ? 0 : Long.parseLong(query.resourceVersion());
        }

        Event next() {
            try {
                while (true) {
                    Event event = cursor.poll();
                    if (event != null) {
                        return event;
                    }
                    assertThat(ready.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("woken").isTrue();
                    ready.drainPermits();
                }
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        List<String> take(int count) {
            List<String> taken = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Event event = next();
                CachedObject object = event.object();
                taken.add(object == null
                        ? event.toString()
                        : event.type() + " " + object.namespace() + "/" + object.name() + " " + TestPods.note(object));
            }
            return taken;
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}
