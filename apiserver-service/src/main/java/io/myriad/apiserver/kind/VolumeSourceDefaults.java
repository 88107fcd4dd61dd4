package io.myriad.apiserver.kind;

import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Defaults of volume sources that pods and persistent volumes share: a table. */
final class VolumeSourceDefaults {
    private record Default(String source, String field, JsonNode value) {}

    private static final List<Default> TABLE = List.of(text("iscsi", "iscsiInterface", "default"),
            text("rbd", "pool", "rbd"), text("rbd", "user", "admin"), text("rbd", "keyring", "/etc/ceph/keyring"),
            text("scaleIO", "storageMode", "ThinProvisioned"), text("scaleIO", "fsType", "xfs"),
            text("azureDisk", "cachingMode", "ReadWrite"), text("azureDisk", "kind", "Shared"),
            text("azureDisk", "fsType", "ext4"), flag("azureDisk", "readOnly", false));

    private VolumeSourceDefaults() {}

    private static Default text(String source, String field, String value) {
        return new Default(source, field, StringNode.valueOf(value));
    }

    private static Default flag(String source, String field, boolean value) {
        return new Default(source, field, BooleanNode.valueOf(value));
    }

    /** Fills in the sources of a volume, or of a persistent volume's spec. */
    static void apply(ObjectNode volume) {
        for (Default row : TABLE) {
            if (volume.path(row.source) instanceof ObjectNode source && (Defaults.absent(source, row.field)
                    || source.path(row.field).stringValue("x").isEmpty())) {
                source.set(row.field, row.value);
            }
        }
    }
}
