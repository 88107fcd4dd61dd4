package io.myriad.apiserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BinaryOperator;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.LocalInformer;
import io.myriad.apiserver.storage.ObjectStorage;

/**
 * What the objects of one resource mean to a plugin, by place, kept up to date. A request that finds nothing pays
 * for one look into a hash table; nothing is listed or decoded for it. Safe for any thread.
 *
 * @param <T> what an object is turned into; immutable
 */
final class Followed<T> implements AutoCloseable {
    private static final int START_PATIENCE_SECONDS = 10;

    private record Entry<T>(String name, T value) {}

    private final String resource;
    private final BinaryOperator<String> place;
    private final Function<CachedObject, @Nullable T> reader;
    private final LocalInformer informer;
    /** Lists are replaced, never changed; places without objects are absent. */
    private final Map<String, List<Entry<T>>> entries = new ConcurrentHashMap<>();

    /**
     * @param place of an object's namespace and name, the one under which it is found
     * @param reader what an object means, or null when it means nothing
     */
    Followed(String resource, ObjectStorage storage, BinaryOperator<String> place,
            Function<CachedObject, @Nullable T> reader) {
        this.resource = resource;
        this.place = place;
        this.reader = reader;
        this.informer = new LocalInformer("admission-" + resource, storage, new LocalInformer.Handler() {
            @Override
            public void changed(CachedObject object) {
                put(object);
            }

            @Override
            public void removed(String namespace, String name) {
                replace(namespace, name, null);
            }
        });
    }

    void start() {
        informer.start();
    }

    private void put(CachedObject object) {
        replace(object.namespace(), object.name(), reader.apply(object));
    }

    private void replace(String namespace, String name, @Nullable T value) {
        entries.compute(place.apply(namespace, name), (same, before) -> {
            List<Entry<T>> now = new ArrayList<>();
            for (Entry<T> entry : before == null ? List.<Entry<T>>of() : before) {
                if (!entry.name.equals(name)) {
                    now.add(entry);
                }
            }
            if (value != null) {
                now.add(new Entry<>(name, value));
            }
            return now.isEmpty() ? null : List.copyOf(now);
        });
    }

    /**
     * What the objects of a place mean, in no particular order.
     *
     * @param at usually a namespace; see the constructor
     * @throws StatusException 500 when the objects could not be read since the server started
     */
    List<T> in(String at) {
        awaitFirstList();
        List<Entry<T>> found = entries.get(at);
        return found == null ? List.of() : found.stream().map(Entry::value).toList();
    }

    /** Before the first list nobody knows what applies. */
    private void awaitFirstList() {
        if (informer.synced().isDone()) {
            return;
        }
        try {
            informer.synced().get(START_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException notRead) {
            throw new StatusException(Status.internal("the " + resource + " are not read yet"));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StatusException(Status.internal("interrupted"));
        }
    }

    @Override
    public void close() {
        informer.close();
    }
}
