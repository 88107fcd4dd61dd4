package io.myriad.api.apply;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Managed fields of the {@code scale} subresource. A Scale stands for one number of its parent, so who owns that number
 * owns {@code .spec.replicas} of the Scale: entries are translated before the Scale is updated or applied and back
 * afterwards. The rules are those of apimachinery's {@code ScaleHandler}.
 */
public final class ScaleOwnership {
    private static final String SCALE_VERSION = "autoscaling/v1";
    private static final FieldSet SCALE_REPLICAS = FieldSet.ofPath("spec", "replicas");

    private ScaleOwnership() {}

    /**
     * The managed fields of the Scale.
     *
     * @param parentEntries the parent's {@code metadata.managedFields}, or null when it has none
     * @param replicasPaths where each version of the parent keeps the number, such as {@code apps/v1 -> [spec, replicas]}
     */
    public static ArrayNode toScale(@Nullable JsonNode parentEntries, Map<String, List<String>> replicasPaths) {
        Managers scale = new Managers();
        ManagedFields.decodeOrEmpty(parentEntries).owners().forEach((id, owned) -> {
            List<String> path = replicasPaths.get(owned.apiVersion());
            if (path != null && owned.fields().has(path.toArray(String[]::new))) {
                scale.owners().put(inVersion(id, SCALE_VERSION),
                        new Managers.Owned(SCALE_REPLICAS, SCALE_VERSION, owned.time()));
            }
        });
        return scale.encode();
    }

    /**
     * The managed fields of the parent after its Scale was written: who lost the number in the Scale loses it in the
     * parent, who got it there gets it here.
     *
     * @param parentEntries the parent's {@code metadata.managedFields} before, or null when it had none
     * @param scaleEntries those of the Scale after the write, or null when it has none
     * @param parentVersion the parent's version
     * @param replicasPaths where each version of the parent keeps the number
     */
    public static ArrayNode toParent(@Nullable JsonNode parentEntries, @Nullable JsonNode scaleEntries,
            String parentVersion, Map<String, List<String>> replicasPaths) {
        Managers before = ManagedFields.decodeOrEmpty(parentEntries);
        Managers scale = ManagedFields.decodeOrEmpty(scaleEntries);
        Managers after = new Managers();
        before.owners().forEach((id, owned) -> {
            List<String> path = replicasPaths.get(owned.apiVersion());
            if (path == null) {
                return;
            }
            FieldSet replicas = FieldSet.ofPath(path.toArray(String[]::new));
            boolean keeps = !owned.fields().has(path.toArray(String[]::new))
                    || scale.owners().remove(inVersion(id, SCALE_VERSION)) != null;
            FieldSet fields = keeps ? owned.fields() : owned.fields().difference(replicas);
            if (!fields.isEmpty()) {
                after.owners().put(id, owned.with(fields));
            }
        });
        List<String> path = replicasPaths.get(parentVersion);
        if (path != null) {
            FieldSet replicas = FieldSet.ofPath(path.toArray(String[]::new));
            scale.owners().forEach((id, owned) -> {
                if (owned.fields().has("spec", "replicas")) {
                    after.owners().merge(inVersion(id, parentVersion),
                            new Managers.Owned(replicas, parentVersion, null),
                            (old, added) -> old.with(old.fields().union(added.fields())));
                }
            });
        }
        return after.encode();
    }

    private static Managers.Id inVersion(Managers.Id id, String apiVersion) {
        return new Managers.Id(id.manager(), id.applied(), id.applied() ? "" : apiVersion, id.subresource());
    }
}
