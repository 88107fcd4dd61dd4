package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;
import io.myriad.apiserver.storage.ObjectStorage.ListResult;
import io.myriad.apiserver.storage.ObjectStorage.VersionMatch;

/** Deletes every object that a list finds. Not atomic: a failure leaves the rest, as upstream does. */
final class CollectionDeleter {
    private static final int CONCURRENT_DELETIONS = 16;
    private static final int PAGE_SIZE = 10_000;

    private final Deleter deleter;

    CollectionDeleter(Deleter deleter) {
        this.deleter = deleter;
    }

    /**
     * Deletes what {@code query} lists; with a limit in it only one page.
     *
     * @return the objects as they were listed
     */
    Answer delete(ServedResource resource, ListQuery query, WriteRequest request, DeleteOptions options) {
        ListQuery page = query.limit() > 0 ? query : withLimit(query, PAGE_SIZE);
        List<CachedObject> listed = new ArrayList<>();
        while (true) {
            ListResult result = resource.storage().list(page);
            deleteAll(resource, result.items(), request, options);
            if (query.limit() > 0) {
                return new Answer.Listing(resource, result);
            }
            listed.addAll(result.items());
            if (result.continueToken().isEmpty()) {
                return new Answer.Listing(resource,
                        new ListResult(result.resourceVersion(), List.copyOf(listed), "", null));
            }
            page = new ListQuery(query.selection(), "", VersionMatch.UNSET, PAGE_SIZE, result.continueToken());
        }
    }

    private static ListQuery withLimit(ListQuery query, long limit) {
        return new ListQuery(query.selection(), query.resourceVersion(), query.match(), limit, query.continueToken());
    }

    private void deleteAll(ServedResource resource, List<CachedObject> objects, WriteRequest request,
            DeleteOptions options) {
        Semaphore permits = new Semaphore(CONCURRENT_DELETIONS);
        List<Future<?>> deletions = new ArrayList<>(objects.size());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (CachedObject object : objects) {
                permits.acquire();
                deletions.add(threads.submit(() -> {
                    try {
                        deleteOne(resource, object, request, options);
                    } finally {
                        permits.release();
                    }
                }));
            }
            for (Future<?> deletion : deletions) {
                deletion.get();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof StatusException refused
                    ? refused
                    : new IllegalStateException(failure.getCause());
        }
    }

    private void deleteOne(ServedResource resource, CachedObject object, WriteRequest request,
            DeleteOptions options) {
        try {
            deleter.delete(resource, request.named(object.namespace(), object.name()), options);
        } catch (StatusException failure) {
            if (failure.status().reason() != StatusReason.NOT_FOUND) {
                throw failure;
            }
        }
    }
}
