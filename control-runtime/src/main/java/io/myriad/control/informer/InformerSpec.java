package io.myriad.control.informer;

import java.util.List;

import io.myriad.api.GroupVersionResource;
import io.myriad.control.client.Selection;

/**
 * What an informer watches and keeps. Two equal specifications (same extractor object) share one informer of a factory;
 * two that differ only in what they keep share one watch.
 *
 * @param resource the resource
 * @param namespace only this namespace, or empty for all
 * @param selection only these objects
 * @param extractor what is kept of each
 * @param indexes the look-ups wanted
 */
public record InformerSpec<T>(GroupVersionResource resource, String namespace, Selection selection,
        Extractor<T> extractor, List<Index<T>> indexes) {
    public InformerSpec {
        indexes = List.copyOf(indexes);
    }

    /** All objects of a resource, without indexes. */
    public static <T> InformerSpec<T> of(GroupVersionResource resource, Extractor<T> extractor) {
        return new InformerSpec<>(resource, "", Selection.ALL, extractor, List.of());
    }

    public InformerSpec<T> in(String newNamespace) {
        return new InformerSpec<>(resource, newNamespace, selection, extractor, indexes);
    }

    public InformerSpec<T> select(Selection newSelection) {
        return new InformerSpec<>(resource, namespace, newSelection, extractor, indexes);
    }

    @SafeVarargs
    public final InformerSpec<T> indexed(Index<T>... newIndexes) {
        return new InformerSpec<>(resource, namespace, selection, extractor, List.of(newIndexes));
    }
}
