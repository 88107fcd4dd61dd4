package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;

/**
 * Which watches an event concerns. A watch subscribes to the narrowest topic that its selection allows: a field's value, one
 * object, a name, a namespace; otherwise to everything.
 *
 * <p>Subscribing happens on any thread, through {@link #registry}; the writer has maps of its own, brought up to date at
 * both ends of a batch from a queue. A watch that subscribes during a batch is woken after it, for the batch's events
 * may have passed its topic by; one that subscribes after the batch reads the published state by itself.
 */
final class Topics {
    private final Indexer indexer;
    private final @Nullable String field;
    private final CopyOnWriteArrayList<CacheCursor> unselective = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<Topic.Key, Topic> registry = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Topic> news = new ConcurrentLinkedQueue<>();

    private final Map<String, Topic> byNamespace = new HashMap<>();
    private final Map<String, Topic> byName = new HashMap<>();
    private final Map<String, Topic> byObject = new HashMap<>();
    private final Map<String, Topic> byField = new HashMap<>();
    private final List<Topic> touched = new ArrayList<>();

    /**
     * @param indexer reads the field
     * @param field the selectable field by whose values watches subscribe, or null
     */
    Topics(Indexer indexer, @Nullable String field) {
        this.indexer = indexer;
        this.field = field;
    }

    /** The topic for a selection, or null for everything. */
    Topic.@Nullable Key keyFor(SelectionFilter filter) {
        String value = field == null ? null : filter.requiredValue(field);
        if (value != null) {
            return new Topic.Key(Topic.Aspect.FIELD, value);
        }
        String name = filter.name();
        if (name != null) {
            return filter.namespace().isEmpty()
                    ? new Topic.Key(Topic.Aspect.NAME, name)
                    : new Topic.Key(Topic.Aspect.OBJECT, filter.namespace() + "/" + name);
        }
        return filter.namespace().isEmpty() ? null : new Topic.Key(Topic.Aspect.NAMESPACE, filter.namespace());
    }

    /** Adds a watch. Answers with its topic, or null when it watches everything. */
    @Nullable
    Topic subscribe(CacheCursor cursor, Topic.@Nullable Key key) {
        if (key == null) {
            unselective.add(cursor);
            return null;
        }
        return registry.compute(key, (same, existing) -> {
            Topic topic = existing;
            if (topic == null) {
                topic = new Topic(key);
                news.add(topic);
            }
            topic.cursors().add(cursor);
            return topic;
        });
    }

    /** Removes a watch. */
    void unsubscribe(CacheCursor cursor, @Nullable Topic topic) {
        if (topic == null) {
            unselective.remove(cursor);
            return;
        }
        registry.computeIfPresent(topic.key(), (key, registered) -> {
            topic.cursors().remove(cursor);
            if (registered == topic && topic.cursors().isEmpty()) {
                news.add(topic);
                return null;
            }
            return registered;
        });
    }

    /** How many topics have watches. */
    int count() {
        return registry.size();
    }

    /** Prepares for a batch whose first event gets this number. Writer only. */
    void begin(long nextSequence) {
        Topic topic;
        while ((topic = news.poll()) != null) {
            adopt(topic, nextSequence);
        }
    }

    private void adopt(Topic topic, long nextSequence) {
        Map<String, Topic> map = switch (topic.key().aspect()) {
            case NAMESPACE -> byNamespace;
            case NAME -> byName;
            case OBJECT -> byObject;
            case FIELD -> byField;
        };
        if (registry.get(topic.key()) == topic) {
            if (map.put(topic.key().value(), topic) != topic) {
                topic.coverFrom(nextSequence);
            }
        } else {
            map.remove(topic.key().value(), topic);
        }
    }

    /** Notes an event for its topics. Writer only. */
    void append(CacheEvent event) {
        CachedObject object = event.object();
        if (!byNamespace.isEmpty()) {
            touch(byNamespace.get(object.namespace()), event);
        }
        if (!byName.isEmpty()) {
            touch(byName.get(object.name()), event);
        }
        if (!byObject.isEmpty()) {
            touch(byObject.get(object.namespace() + "/" + object.name()), event);
        }
        if (field != null && !byField.isEmpty()) {
            CachedObject before = event.before();
            CachedObject after = event.after();
            if (before != null) {
                touch(byField.get(indexer.field(before, field)), event);
            }
            if (after != null) {
                touch(byField.get(indexer.field(after, field)), event);
            }
        }
    }

    private void touch(@Nullable Topic topic, CacheEvent event) {
        if (topic != null && topic.append(event.sequence())) {
            touched.add(topic);
        }
    }

    /** Publishes the batch's events in their topics; before the state is published. Writer only. */
    void publish() {
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).publish();
        }
    }

    /** Drops a batch that cannot be finished. Writer only. */
    void discard() {
        touched.forEach(Topic::discard);
        touched.clear();
    }

    /** Wakes the watches that the batch concerns; after the state is published. Writer only. */
    void wake(long nextSequence) {
        for (int i = 0; i < touched.size(); i++) {
            wake(touched.get(i).cursors());
        }
        touched.clear();
        wake(unselective);
        Topic topic;
        while ((topic = news.poll()) != null) {
            adopt(topic, nextSequence);
            wake(topic.cursors());
        }
    }

    /** Wakes all watches: the cache has been filled again, or is closed. */
    void wakeAll() {
        wake(unselective);
        registry.values().forEach(topic -> wake(topic.cursors()));
    }

    private static void wake(CopyOnWriteArrayList<CacheCursor> cursors) {
        for (CacheCursor cursor : cursors) {
            cursor.wake();
        }
    }
}
