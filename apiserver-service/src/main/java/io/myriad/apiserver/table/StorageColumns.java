package io.myriad.apiserver.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The columns of volumes, claims, storage classes and drivers, and of devices. */
final class StorageColumns {
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
    private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
    private static final String DEFAULT_CLASS_BETA = "storageclass.beta.kubernetes.io/is-default-class";
    /** Access modes in the order in which they are shown. */
    private static final Map<String, String> ACCESS_MODES = new LinkedHashMap<>();

    static {
        ACCESS_MODES.put("ReadWriteOnce", "RWO");
        ACCESS_MODES.put("ReadOnlyMany", "ROX");
        ACCESS_MODES.put("ReadWriteMany", "RWX");
        ACCESS_MODES.put("ReadWriteOncePod", "RWOP");
    }

    private StorageColumns() {}

    static Columns<Row> volumes() {
        return Columns.named().text("Capacity", row -> row.textOr("0", "spec", "capacity", "storage"))
                .text("Access Modes", row -> accessModes(row.at("spec", "accessModes")))
                .text("Reclaim Policy", row -> row.text("spec", "persistentVolumeReclaimPolicy"))
                .text("Status", StorageColumns::phase)
                .text("Claim",
                        row -> row.has("spec", "claimRef")
                                ? row.text("spec", "claimRef", "namespace") + "/"
                                        + row.text("spec", "claimRef", "name")
                                : "")
                .text("StorageClass", StorageColumns::storageClass)
                .text("VolumeAttributesClass", row -> row.textOr(Row.UNSET, "spec", "volumeAttributesClassName"))
                .text("Reason", row -> row.text("status", "reason")).age(Row::age).wide()
                .text("VolumeMode", row -> row.textOr(Row.UNSET, "spec", "volumeMode"));
    }

    static Columns<Row> claims() {
        return Columns.named().text("Status", StorageColumns::phase)
                .text("Volume", row -> row.text("spec", "volumeName"))
                .text("Capacity",
                        row -> isBound(row) ? row.textOr("0", "status", "capacity", "storage") : "")
                .text("Access Modes", row -> isBound(row) ? accessModes(row.at("status", "accessModes")) : "")
                .text("StorageClass", StorageColumns::storageClass)
                .text("VolumeAttributesClass", row -> row.textOr(Row.UNSET, "spec", "volumeAttributesClassName"))
                .age(Row::age).wide().text("VolumeMode", row -> row.textOr(Row.UNSET, "spec", "volumeMode"));
    }

    private static boolean isBound(Row row) {
        return !row.text("spec", "volumeName").isEmpty();
    }

    private static String phase(Row row) {
        return row.isDeleted() ? "Terminating" : row.text("status", "phase");
    }

    private static String storageClass(Row row) {
        return row.has("metadata", "annotations", CLASS_ANNOTATION)
                ? row.text("metadata", "annotations", CLASS_ANNOTATION)
                : row.text("spec", "storageClassName");
    }

    private static String accessModes(JsonNode modes) {
        List<String> present = new ArrayList<>();
        modes.forEach(mode -> present.add(Row.string(mode)));
        List<String> shown = new ArrayList<>();
        ACCESS_MODES.forEach((mode, text) -> {
            if (present.contains(mode)) {
                shown.add(text);
            }
        });
        return String.join(",", shown);
    }

    static Columns<Row> storageClasses() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return Columns.of(row -> row).name(StorageColumns::storageClassName)
                .text("Provisioner", row -> row.text("provisioner"))
                .text("ReclaimPolicy", row -> row.textOr("Delete", "reclaimPolicy"))
                .text("VolumeBindingMode", row -> row.textOr("Immediate", "volumeBindingMode"))
                .value("AllowVolumeExpansion", "string",
                        row -> nodes.booleanNode(row.flag(false, "allowVolumeExpansion")))
                .age(Row::age);
    }

    private static String storageClassName(Row row) {
        boolean isDefault = row.text("metadata", "annotations", DEFAULT_CLASS).equals("true")
                || row.text("metadata", "annotations", DEFAULT_CLASS_BETA).equals("true");
        return isDefault ? row.name() + " (default)" : row.name();
    }

    static Columns<Row> attributesClasses() {
        return Columns.named().text("DriverName", row -> row.text("driverName")).age(Row::age);
    }

    static Columns<Row> attachments() {
        return Columns.named().add("Attacher", "string", "name", "",
                row -> JsonNodeFactory.instance.stringNode(row.text("spec", "attacher")))
                .text("PV", row -> row.text("spec", "source", "persistentVolumeName"))
                .text("Node", row -> row.text("spec", "nodeName"))
                .flag("Attached", row -> row.flag(false, "status", "attached")).age(Row::age);
    }

    static Columns<Row> drivers() {
        return Columns.named().flag("AttachRequired", row -> row.flag(true, "spec", "attachRequired"))
                .flag("PodInfoOnMount", row -> row.flag(false, "spec", "podInfoOnMount"))
                .flag("StorageCapacity", row -> row.flag(false, "spec", "storageCapacity"))
                .text("TokenRequests",
                        row -> row.has("spec", "tokenRequests")
                                ? row.join(request -> Row.string(request.path("audience")), "spec", "tokenRequests")
                                : Row.UNSET)
                .flag("RequiresRepublish", row -> row.flag(false, "spec", "requiresRepublish"))
                .text("Modes", row -> {
                    String modes = row.join(Row::string, "spec", "volumeLifecycleModes");
                    return modes.isEmpty() ? Row.NONE : modes;
                }).age(Row::age);
    }

    static Columns<Row> nodeDrivers() {
        return Columns.named().integer("Drivers", row -> row.at("spec", "drivers").size()).age(Row::age);
    }

    static Columns<Row> resourceClaims() {
        return Columns.named().text("State", StorageColumns::claimState).age(Row::age);
    }

    private static String claimState(Row row) {
        List<String> states = new ArrayList<>();
        if (row.isDeleted()) {
            states.add("deleted");
        }
        if (row.has("status", "allocation")) {
            states.add("allocated");
            if (!row.at("status", "reservedFor").isEmpty()) {
                states.add("reserved");
            }
        } else if (!row.isDeleted()) {
            states.add("pending");
        }
        return String.join(",", states);
    }

    static Columns<Row> resourceSlices() {
        return Columns.named().text("Node", row -> row.text("spec", "nodeName"))
                .text("Driver", row -> row.text("spec", "driver"))
                .text("Pool", row -> row.text("spec", "pool", "name")).age(Row::age);
    }

    static Columns<Row> deviceTaints() {
        return Columns.named().text("Key", row -> row.text("spec", "taint", "key"))
                .text("Value", row -> row.text("spec", "taint", "value"))
                .text("Effect", row -> row.text("spec", "taint", "effect"))
                .text("TimeAdded",
                        row -> row.has("spec", "taint", "timeAdded") ? row.since("spec", "taint", "timeAdded") : "")
                .age(Row::age);
    }
}
