package io.myriad.apiserver.kind;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.api.value.Quantity;

/** Persistent volumes and claims, and the kinds of the storage group. */
final class StorageKinds {
    /** What a volume's spec holds besides its source. */
    private static final Set<String> NOT_SOURCES = Set.of("capacity", "accessModes", "claimRef",
            "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions", "volumeMode", "nodeAffinity",
            "volumeAttributesClassName");
    private static final long TOKEN_SECONDS_MIN = 600;

    private StorageKinds() {}

    static Strategy claim() {
        return DeclaredStrategy.withStatus().defaults(claim -> {
            ObjectNode spec = Defaults.object(claim, "spec");
            Defaults.text(spec, "volumeMode", "Filesystem");
            // A reference to nothing is none.
            if (TreeComparison.same(spec.path("dataSource"), spec.objectNode())) {
                spec.remove("dataSource");
            }
            Defaults.text(Defaults.object(claim, "status"), "phase", "Pending");
        }).onCreate(claim -> claim.putObject("status").put("phase", "Pending"))
                .rules(check -> ClaimValidation.spec(check.at("spec"))).updateRules((check, old) -> {
                    ObjectNode before = (ObjectNode) old.path("spec").deepCopy();
                    JsonNode now = check.at("spec").value().deepCopy();
                    boolean bound = old.path("status").path("phase").stringValue("").equals("Bound");
                    if (bound && now instanceof ObjectNode object) {
                        // A bound claim may ask for more.
                        Defaults.keep(object, before, "resources");
                    }
                    if (Defaults.absent(before, "volumeName") && now instanceof ObjectNode object) {
                        object.remove("volumeName");
                    }
                    if (Defaults.absent(before, "storageClassName") && now instanceof ObjectNode object) {
                        object.remove("storageClassName");
                    }
                    if (!TreeComparison.same(now, before)) {
                        check.at("spec").forbidden("spec is immutable after creation except resources.requests and "
                                + "volumeAttributesClassName for bound claims");
                    } else {
                        shrink(check, old);
                    }
                });
    }

    private static void shrink(Check check, ObjectNode old) {
        Check storage = check.at("spec").at("resources").at("requests").key("storage");
        JsonNode before = old.path("spec").path("resources").path("requests").path("storage");
        Quantity now = storage.parsed();
        if (now != null && !before.isMissingNode() && now.compareTo(Check.quantity(before)) < 0) {
            check.at("spec").at("resources").at("requests").key("storage").forbidden(
                    "field can not be less than previous value");
        }
    }

    static Strategy volume(InstantSource clock) {
        return DeclaredStrategy.withStatus().defaults(volume -> {
            ObjectNode spec = Defaults.object(volume, "spec");
            Defaults.text(spec, "persistentVolumeReclaimPolicy", "Retain");
            Defaults.text(spec, "volumeMode", "Filesystem");
            if (spec.path("hostPath") instanceof ObjectNode path) {
                Defaults.text(path, "type", "");
            }
            VolumeSourceDefaults.apply(spec);
        }).onCreate(volume -> {
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            volume.putObject("status").put("phase", "Pending").put("lastPhaseTransitionTime", now.toString());
        }).rules(StorageKinds::volume).updateRules((check, old) -> {
            // Upstream names the field without the spec.
            check.at("volumeMode").on(check.at("spec").at("volumeMode").value())
                    .unchanged(old.path("spec").path("volumeMode"));
        });
    }

    private static void volume(Check check) {
        Check spec = check.at("spec");
        if (spec.at("accessModes").empty()) {
            spec.at("accessModes").required();
        }
        spec.at("accessModes").items(mode -> mode.oneOf(ClaimValidation.ACCESS_MODES));
        Check capacity = spec.at("capacity");
        if (capacity.empty()) {
            capacity.required();
        } else if (!capacity.value().has("storage") || capacity.size() > 1) {
            capacity.add(FieldError.notSupported(capacity.path(), capacity.value().toString(), List.of("storage")));
        }
        Check storage = capacity.key("storage");
        Quantity size = storage.parsed();
        if (size != null && size.signum() < 0) {
            storage.fresh().invalid("must be greater than or equal to 0");
        }
        if (size != null && size.signum() <= 0) {
            storage.invalid("must be greater than zero");
        }
        sources(spec);
        spec.at("persistentVolumeReclaimPolicy").oneOf("Delete", "Recycle", "Retain");
        spec.at("volumeMode").oneOf("Block", "Filesystem");
        spec.at("storageClassName").named(Names::dns1123Subdomain);
        Check path = spec.at("hostPath").at("path");
        if (path.is("/") && spec.at("persistentVolumeReclaimPolicy").is("Recycle")) {
            spec.at("persistentVolumeReclaimPolicy").forbidden("may not be 'recycle' for a hostPath mount of '/'");
        }
        if (spec.at("local").present() && !spec.at("nodeAffinity").present()) {
            spec.at("nodeAffinity").required("Local volume requires node affinity");
        }
        if (spec.at("nodeAffinity").present()) {
            if (spec.at("nodeAffinity").at("required").present()) {
                SchedulingValidation.nodeSelector(spec.at("nodeAffinity").at("required"));
            } else {
                spec.at("nodeAffinity").at("required").required("must specify required node constraints");
            }
        }
    }

    private static void sources(Check spec) {
        List<String> sources = spec.value().propertyNames().stream()
                .filter(field -> !NOT_SOURCES.contains(field) && spec.at(field).present())
                .sorted((one, other) -> Boolean.compare(other.equals("hostPath"), one.equals("hostPath"))).toList();
        if (sources.isEmpty()) {
            spec.add(FieldError.required(spec.path(), "must specify a volume type"));
        }
        for (int i = 1; i < sources.size(); i++) {
            spec.at(sources.get(i)).forbidden("may not specify more than 1 volume type");
        }
    }

    static Strategy storageClass() {
        return DeclaredStrategy.plain().defaults(object -> {
            Defaults.text(object, "reclaimPolicy", "Delete");
            Defaults.text(object, "volumeBindingMode", "Immediate");
        }).rules(check -> {
            Check provisioner = check.at("provisioner").required();
            provisioner.named(text -> Names.qualifiedName(text.toLowerCase(Locale.ROOT)));
            check.at("reclaimPolicy").oneOf("Delete", "Retain");
            check.at("volumeBindingMode").required().oneOf("Immediate", "WaitForFirstConsumer");
        }).updateRules((check, old) -> {
            for (String field : new String[]{"parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"}) {
                if (!TreeComparison.same(check.at(field).value(), old.path(field))) {
                    check.at(field).invalid("field is immutable");
                }
            }
        });
    }

    static Strategy csiDriver() {
        return DeclaredStrategy.plain().defaults(driver -> {
            ObjectNode spec = Defaults.object(driver, "spec");
            Defaults.flag(spec, "attachRequired", true);
            Defaults.flag(spec, "podInfoOnMount", false);
            Defaults.flag(spec, "storageCapacity", false);
            Defaults.text(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
            if (spec.path("volumeLifecycleModes").isEmpty()) {
                spec.putArray("volumeLifecycleModes").add("Persistent");
            }
            Defaults.flag(spec, "requiresRepublish", false);
            Defaults.flag(spec, "seLinuxMount", false);
            Defaults.flag(spec, "preventPodSchedulingIfMissing", false);
        }).rules(check -> {
            Check spec = check.at("spec");
            Check modes = spec.at("volumeLifecycleModes");
            for (JsonNode mode : modes.value()) {
                if (!List.of("Ephemeral", "Persistent").contains(mode.stringValue(""))) {
                    modes.add(FieldError.notSupported(modes.path(), mode.stringValue(""),
                            List.of("Ephemeral", "Persistent")));
                }
            }
            spec.at("fsGroupPolicy").oneOf("File", "None", "ReadWriteOnceWithFSType");
            spec.at("tokenRequests").items(request -> {
                Check seconds = request.at("expirationSeconds");
                if (seconds.present() && seconds.number() < TOKEN_SECONDS_MIN) {
                    seconds.invalid("may not specify a duration less than 10 minutes");
                }
            });
            spec.at("tokenRequests").unique("audience", request -> request.path("audience").stringValue(""));
        }).updateRules((check, old) -> {
            for (String field : new String[]{"attachRequired", "volumeLifecycleModes"}) {
                check.at("spec").at(field).unchanged(old.path("spec").path(field));
            }
        }).onUpdate((driver, old) -> {
            // A new driver has no generation; every change counts one up.
            if (!TreeComparison.same(driver.path("spec"), old.path("spec"))) {
                Defaults.object(driver, "metadata").put("generation",
                        old.path("metadata").path("generation").longValue(0) + 1);
            }
        }).warns(driver -> driver.path("spec").path("tokenRequests").isEmpty()
                || driver.path("spec").has("serviceAccountTokenInSecrets")
                        ? List.of()
                        : List.of(
                                "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true"
                                        + " to prevent possible logging of tokens in volume attributes"));
    }

    static Strategy csiNode() {
        return DeclaredStrategy.plain().rules(check -> {
            Check drivers = check.at("spec").at("drivers");
            drivers.items(driver -> {
                driver.at("name").required().named(Names::dns1123Subdomain);
                driver.at("nodeID").required();
            });
            drivers.uniqueBy("name");
        });
    }

    static Strategy storageCapacity() {
        return DeclaredStrategy.plain().rules(check -> {
            check.at("storageClassName").required().named(Names::dns1123Subdomain);
            check.at("capacity").quantity();
            check.at("maximumVolumeSize").quantity();
            MetadataRules.selector(check.at("nodeTopology"));
        }).updateRules((check, old) -> {
            check.at("storageClassName").unchanged(old.path("storageClassName"));
            check.at("nodeTopology").unchanged(old.path("nodeTopology"));
        });
    }

    static Strategy attachment() {
        return DeclaredStrategy.withStatus().rules(check -> {
            Check spec = check.at("spec");
            spec.at("attacher").required().named(Names::dns1123Subdomain);
            if (spec.at("nodeName").empty()) {
                spec.at("nodeName").fresh().add(FieldError.invalid("spec.nodeName", "", "must not be empty"));
            } else {
                spec.at("nodeName").named(Names::dns1123Subdomain);
            }
            Check source = spec.at("source");
            boolean named = !source.at("persistentVolumeName").empty();
            boolean inline = source.at("inlineVolumeSpec").present();
            if (!named && !inline) {
                source.add(FieldError.required(source.path(),
                        "must specify exactly one of inlineVolumeSpec and persistentVolumeName"));
            } else if (named && inline) {
                source.add(FieldError.forbidden(source.path(),
                        "must specify exactly one of inlineVolumeSpec and persistentVolumeName"));
            }
        }).updateRules((check, old) -> check.at("spec").unchanged(old.path("spec")));
    }

    static Strategy attributesClass() {
        return DeclaredStrategy.plain().rules(check -> {
            check.at("driverName").required();
            check.at("parameters").required("must contain at least one key/value pair");
        }).updateRules((check, old) -> {
            check.at("driverName").unchanged(old.path("driverName"));
            check.at("parameters").unchanged(old.path("parameters"));
        });
    }
}
