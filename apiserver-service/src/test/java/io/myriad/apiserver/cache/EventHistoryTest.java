package io.myriad.apiserver.cache;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.myriad.apiserver.storage.CachedObject;

import static org.assertj.core.api.Assertions.assertThat;

class EventHistoryTest {
    private static final CacheLimits LIMITS = new CacheLimits(8, 64, 10_000, 1_000, 4, 1, 1, 1);

    private final EventHistory history = new EventHistory(LIMITS);
    private ObjectTree tree = ObjectTree.EMPTY;
    private CacheState state = new CacheState(tree, 100, 0, 1, true);

    /** Writes version {@code revision} of the object {@code name}; revisions are even. */
    private void write(String name, long revision, int seconds, int bytes) {
        CachedObject before = tree.get("", name);
        CachedObject after = new CachedObject("", name, new byte[bytes], revision);
        history.append(new CacheEvent(history.nextSequence(), revision, before, after, seconds));
        tree = tree.with(after);
        state = new CacheState(tree, revision, history.nextSequence() - 1, 1, true);
        history.checkpoint(state);
    }

    @Test
    void growsWhileEventsAreYoungAndForgetsTheOldest() {
        history.clear(100);
        for (int i = 1; i <= 40; i++) {
            write("x" + i, 100 + 2 * i, 0, 0);
        }
        assertThat(history.capacity()).isEqualTo(64);
        assertThat(history.size()).isEqualTo(40);
        assertThat(history.oldestRevision()).isEqualTo(100);
        for (int i = 41; i <= 100; i++) {
            write("x" + i, 100 + 2 * i, 0, 0);
        }
        assertThat(history.size()).as("the most").isEqualTo(64);
        assertThat(history.oldestRevision()).isEqualTo(100 + 2 * 36);
        assertThat(history.at(36)).isNull();
        assertThat(history.at(37).revision()).isEqualTo(100 + 2 * 37);
        history.trim(11);
        assertThat(history.size()).as("too old, but for the least").isEqualTo(8);
        assertThat(history.capacity()).isEqualTo(32);
        write("y", 400, 100, 0);
        assertThat(history.at(101).revision()).isEqualTo(400);
    }

    @Test
    void replacedObjectsAreBounded() {
        history.clear(100);
        for (int i = 1; i <= 40; i++) {
            write("x", 100 + 2 * i, 0, 100);
        }
        assertThat(history.size()).as("ten replaced objects of 100 bytes").isEqualTo(10);
    }

    @Test
    void findsTheFirstEventAfterARevision() {
        history.clear(100);
        assertThat(history.firstAfter(100, 0)).isEqualTo(1);
        assertThat(history.firstAfter(99, 0)).isZero();
        for (int i = 1; i <= 5; i++) {
            write("x" + i, 100 + 2 * i, 0, 0);
        }
        assertThat(history.firstAfter(100, 5)).isEqualTo(1);
        assertThat(history.firstAfter(101, 5)).isEqualTo(1);
        assertThat(history.firstAfter(102, 5)).isEqualTo(2);
        assertThat(history.firstAfter(110, 5)).isEqualTo(6);
        assertThat(history.firstAfter(999, 5)).isEqualTo(6);
        assertThat(history.firstAfter(110, 3)).as("only three are published").isEqualTo(4);
    }

    @Test
    void makesOlderStates() {
        history.clear(100);
        history.checkpoint(state);
        for (int i = 1; i <= 30; i++) {
            write("x" + i % 5, 100 + 2 * i, 0, 0);
        }
        for (int i = 0; i <= 30; i++) {
            for (long revision : List.of(100L + 2 * i, 101L + 2 * i)) {
                CacheState past = history.at(revision, state);
                assertThat(past.revision()).isEqualTo(revision);
                assertThat(past.sequence()).isEqualTo(i);
                assertThat(past.tree().size()).isEqualTo(Math.min(i, 5));
                if (i > 0) {
                    assertThat(past.tree().get("", "x" + i % 5).resourceVersion()).isEqualTo(100 + 2 * i);
                }
            }
        }
        assertThat(history.at(99, state)).isNull();
        history.forgetCheckpoints(130);
        assertThat(history.at(110, state)).isNull();
        assertThat(history.at(130, state).sequence()).isEqualTo(15);
        assertThat(history.at(130, new CacheState(tree, 160, 30, 2, true))).as("of another epoch").isNull();
    }
}
