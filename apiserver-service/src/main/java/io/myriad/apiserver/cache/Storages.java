package io.myriad.apiserver.cache;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.storage.Compactor;
import io.myriad.apiserver.storage.Indexer;
import io.myriad.apiserver.storage.JsonIndexer;
import io.myriad.apiserver.storage.KeyValueStore;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.ProtobufIndexer;
import io.myriad.apiserver.storage.StorageKeys;
import io.myriad.apiserver.storage.StoredKind;

/**
 * The storage of every resource. Resources whose objects are the same, in several versions or groups, share one. Making a
 * storage costs nothing; its cache is filled when it is first used, or by {@link #start}.
 *
 * <p>Most resources live in the main store; some may live in others ({@code --etcd-servers-overrides}). Each store has its
 * own revisions and its own {@link Feed}. Safe for any thread.
 */
public final class Storages implements AutoCloseable {
    /** The selectable field by whose values watches are woken: kubelets watch the pods of one node. */
    private static final String WATCH_FIELD = "spec.nodeName";
    private static final Logger LOG = LoggerFactory.getLogger(Storages.class);

    private final Schema schema;
    private final StorageKeys keys;
    private final Feed mainFeed;
    private final KeyValueStore mainStore;
    private final Map<String, Feed> overrides;
    private final Map<String, KeyValueStore> overrideStores;
    private final Function<GroupVersionKind, Map<String, List<String>>> selectableFields;
    private final MeterRegistry metrics;
    private final CacheLimits limits;
    private final Map<String, WatchCache> byPrefix = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("compact-", 0).factory());

    /**
     * The storages over one store, which is watched from {@link #start()} on.
     *
     * @param schema the built-in types
     * @param keys where objects lie
     * @param store the main store
     * @param overrides stores of single resources by {@code resource} or {@code resource.group}; usually none
     * @param selectableFields the selectable fields of a kind and their paths, without name and namespace
     * @param metrics where the caches count
     */
    public Storages(Schema schema, StorageKeys keys, KeyValueStore store, Map<String, KeyValueStore> overrides,
            Function<GroupVersionKind, Map<String, List<String>>> selectableFields, MeterRegistry metrics) {
        this(schema, keys, store, overrides, selectableFields, metrics, CacheLimits.DEFAULT);
    }

    Storages(Schema schema, StorageKeys keys, KeyValueStore store, Map<String, KeyValueStore> overrides,
            Function<GroupVersionKind, Map<String, List<String>>> selectableFields, MeterRegistry metrics,
            CacheLimits limits) {
        this.schema = schema;
        this.keys = keys;
        this.mainStore = store;
        this.overrideStores = Map.copyOf(overrides);
        this.selectableFields = selectableFields;
        this.metrics = metrics;
        this.limits = limits;
        this.mainFeed = new Feed(store, keys.root());
        this.overrides = overrides.entrySet().stream().collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey,
                        override -> new Feed(override.getValue(), keys.root())));
    }

    /** Starts to watch the stores. Until then everything waits that needs them. */
    public void start() {
        mainFeed.start();
        overrides.values().forEach(Feed::start);
    }

    /**
     * The storage of a built-in resource, the same for all resources with the same objects.
     *
     * @throws IllegalArgumentException for a resource whose objects are not stored, such as a review
     */
    public ObjectStorage builtin(Resource resource) {
        return cache(resource);
    }

    private WatchCache cache(Resource resource) {
        StoredKind kind = keys.builtin(resource);
        ObjectType type = schema.kind(kind.kind());
        return byPrefix.computeIfAbsent(kind.prefix(),
                first -> open(resource.name(), kind, type == null ? resource.type() : type));
    }

    /** How a built-in resource's objects are stored: the version and form of the bytes that its storage takes and gives. */
    public StoredKind storedKind(Resource resource) {
        return keys.builtin(resource);
    }

    /**
     * The storage of a custom resource, the same for all its versions.
     *
     * @param resource any of its versions
     * @param storageVersion the version that is stored
     * @param indexer reads the stored version
     */
    public ObjectStorage custom(GroupVersionResource resource, boolean namespaced, GroupVersionKind storageVersion,
            Indexer indexer) {
        StoredKind kind = keys.custom(resource, namespaced, storageVersion);
        return byPrefix.computeIfAbsent(kind.prefix(), first -> open(resource, kind, indexer, null));
    }

    /** Drops the storage of a custom resource whose definition has been removed or changed; its watches end. */
    public void dropCustom(GroupVersionResource resource) {
        GroupVersionKind any = new GroupVersionKind(resource.group(), resource.version(), "");
        WatchCache dropped = byPrefix.remove(keys.custom(resource, false, any).prefix());
        if (dropped != null) {
            dropped.close();
        }
    }

    private WatchCache open(GroupVersionResource resource, StoredKind kind, ObjectType type) {
        Map<String, List<String>> fields = selectableFields.apply(kind.kind());
        Indexer indexer = switch (kind.encoding()) {
            case PROTOBUF -> new ProtobufIndexer(type, fields);
            case JSON -> new JsonIndexer(type, fields);
        };
        return open(resource, kind, indexer, fields.containsKey(WATCH_FIELD) ? WATCH_FIELD : null);
    }

    private WatchCache open(GroupVersionResource resource, StoredKind kind, Indexer indexer,
            @Nullable String watchField) {
        KeyValueStore store = overrideStores.getOrDefault(resource.groupResource(), mainStore);
        CacheMetrics measured = new CacheMetrics(metrics, resource.group(), resource.resource());
        return new WatchCache(resource.groupResource(), new ResourceStore(store, kind, indexer, measured),
                feed(resource.groupResource()), watchField, limits,
                System::nanoTime);
    }

    private Feed feed(String groupResource) {
        return overrides.getOrDefault(groupResource, mainFeed);
    }

    /** Begins to fill these resources' caches in the background, all at once. */
    public void start(Collection<Resource> resources) {
        resources.forEach(resource -> cache(resource).start());
    }

    /** Whether these resources' caches are filled. */
    public boolean areReady(Collection<Resource> resources) {
        return resources.stream().allMatch(resource -> cache(resource).isReady());
    }

    /** Compacts the main store's history regularly, taking turns with the other API servers. */
    public void compactEvery(Compactor compactor, long intervalMillis) {
        timer.scheduleWithFixedDelay(() -> {
            try {
                mainFeed.compacted(compactor.turn());
            } catch (StatusException failure) {
                LOG.warn("the store's history was not compacted, trying again in {} ms: {}", intervalMillis,
                        failure.getMessage());
            }
        }, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }

    /** Ends all watches and stops; the stores stay open. */
    @Override
    public void close() {
        timer.shutdownNow();
        byPrefix.values().forEach(WatchCache::close);
        mainFeed.close();
        overrides.values().forEach(Feed::close);
    }
}
