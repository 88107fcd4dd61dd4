package io.myriad.apiserver;

import java.util.List;
import java.util.Map;

/**
 * What feature gates say about this server. Its behaviour is fixed, so a gate may only be set to what is true anyway;
 * anything else is refused rather than silently ignored.
 */
final class FeatureGates {
    private static final Map<String, Boolean> FIXED = Map.ofEntries(Map.entry("AllAlpha", false),
            Map.entry("AllBeta", false), Map.entry("APIServerIdentity", false), Map.entry("APIServerTracing", false),
            Map.entry("CBORServingAndStorage", false), Map.entry("ConsistentListFromCache", true),
            Map.entry("CustomResourceFieldSelectors", true), Map.entry("InPlacePodVerticalScaling", true),
            Map.entry("ListFromCacheSnapshot", true), Map.entry("MultiCIDRServiceAllocator", true),
            Map.entry("OrderedNamespaceDeletion", true), Map.entry("RemoteRequestHeaderUID", true),
            Map.entry("ResilientWatchCacheInitialization", true), Map.entry("RetryGenerateName", true),
            Map.entry("ServerSideApply", true), Map.entry("ServerSideFieldValidation", true),
            Map.entry("ShardedListAndWatch", false), Map.entry("StreamingCollectionEncodingToJSON", true),
            Map.entry("StreamingCollectionEncodingToProtobuf", true),
            Map.entry("UnknownVersionInteroperabilityProxy", false),
            Map.entry("WatchBookmark", true), Map.entry("WatchList", true));

    private FeatureGates() {}

    static void check(List<String> pairs) {
        ApiserverFlags.switches("--feature-gates", pairs).forEach((gate, on) -> {
            Boolean fixed = FIXED.get(gate);
            if (fixed == null) {
                throw new IllegalArgumentException("--feature-gates: unknown feature gate: " + gate);
            }
            if (!fixed.equals(on)) {
                throw new IllegalArgumentException("--feature-gates: " + gate + "=" + on + " is not supported");
            }
        });
    }
}
