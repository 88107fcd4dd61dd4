package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.api.value.Quantity;

/** Volumes of pods. */
final class VolumeValidation {
    private static final Set<String> DOWNWARD_FIELDS = Set.of("metadata.name", "metadata.namespace", "metadata.uid",
            "metadata.labels", "metadata.annotations");
    private static final List<String> HOST_PATH_TYPES = List.of("", "DirectoryOrCreate", "Directory", "FileOrCreate",
            "File", "Socket", "CharDevice", "BlockDevice");
    private static final int MODE_LIMIT = 0777;
    /** Sources and the fields that they cannot do without. */
    private static final Map<String, List<String>> REQUIRED = Map.ofEntries(
            Map.entry("hostPath", List.of("path")), Map.entry("gcePersistentDisk", List.of("pdName")),
            Map.entry("awsElasticBlockStore", List.of("volumeID")), Map.entry("gitRepo", List.of("repository")),
            Map.entry("secret", List.of("secretName")), Map.entry("nfs", List.of("server", "path")),
            Map.entry("iscsi", List.of("targetPortal", "iqn")), Map.entry("glusterfs", List.of("endpoints", "path")),
            Map.entry("persistentVolumeClaim", List.of("claimName")), Map.entry("rbd", List.of("monitors", "image")),
            Map.entry("flexVolume", List.of("driver")), Map.entry("cinder", List.of("volumeID")),
            Map.entry("cephfs", List.of("monitors")), Map.entry("configMap", List.of("name")),
            Map.entry("azureFile", List.of("secretName", "shareName")), Map.entry("csi", List.of("driver")),
            Map.entry("azureDisk", List.of("diskName", "diskURI")), Map.entry("image", List.of("reference")),
            Map.entry("vsphereVolume", List.of("volumePath")), Map.entry("portworxVolume", List.of("volumeID")),
            Map.entry("storageos", List.of("volumeName")));

    private VolumeValidation() {}

    /** Checks a pod's volumes and returns their names. */
    static Set<String> validate(Check volumes) {
        Set<String> names = new HashSet<>();
        volumes.items(volume -> {
            Check name = volume.at("name").required().named(Names::dns1123Label);
            if (!name.empty() && name.passed() && !names.add(name.text())) {
                name.duplicate();
            }
            sources(volume);
        });
        return names;
    }

    private static void sources(Check volume) {
        List<String> sources = new ArrayList<>();
        for (String field : volume.value().propertyNames()) {
            if (!field.equals("name") && volume.at(field).present()) {
                sources.add(field);
            }
        }
        if (sources.isEmpty()) {
            volume.add(FieldError.required(volume.path(), "must specify a volume type"));
        }
        // Upstream looks at sources in the order of its type, and forbids all but the first.
        sources.sort((one, other) -> Integer.compare(order(one), order(other)));
        for (int i = 0; i < sources.size(); i++) {
            Check source = volume.at(sources.get(i));
            if (i > 0) {
                source.forbidden("may not specify more than 1 volume type");
            } else {
                source(source, sources.get(i));
            }
        }
    }

    private static int order(String source) {
        return source.equals("emptyDir") ? 0 : source.equals("hostPath") ? 1 : 2;
    }

    private static void source(Check source, String kind) {
        for (String field : REQUIRED.getOrDefault(kind, List.of())) {
            source.at(field).required();
        }
        source.at("defaultMode").range(0, MODE_LIMIT);
        switch (kind) {
            case "emptyDir" -> {
                Check limit = source.at("sizeLimit");
                Quantity size = limit.parsed();
                if (size != null && size.signum() < 0) {
                    limit.forbidden("SizeLimit field must be a valid resource quantity");
                }
            }
            case "hostPath" -> {
                noDots(source.at("path"));
                source.at("type").oneOf(HOST_PATH_TYPES);
            }
            case "secret", "configMap" -> keys(source.at("items"));
            case "downwardAPI" -> downward(source, source.at("items"));
            case "projected" -> projected(source);
            case "ephemeral" -> {
                Check template = source.at("volumeClaimTemplate");
                if (!template.present()) {
                    template.required();
                } else {
                    ClaimValidation.spec(template.at("spec"));
                }
            }
            default -> {}
        }
    }

    private static void keys(Check items) {
        items.items(item -> {
            item.at("key").required().named(Names::configMapKey);
            localPath(item.at("path").required());
            item.at("mode").range(0, MODE_LIMIT);
        });
    }

    private static void downward(Check source, Check items) {
        items.items(item -> {
            localPath(item.at("path").required());
            Check field = item.at("fieldRef");
            Check resource = item.at("resourceFieldRef");
            if (field.present()) {
                // Upstream names the reference without the item.
                ContainerValidation.fieldPath(source.at("fieldRef").on(field.value()), DOWNWARD_FIELDS);
                if (resource.present()) {
                    source.add(FieldError.invalid(source.path(), "resource",
                            "fieldRef and resourceFieldRef can not be specified simultaneously"));
                }
            } else if (resource.present()) {
                resource.at("containerName").required();
                ContainerValidation.resourceField(resource);
            } else {
                source.add(FieldError.required(source.path(), "one of fieldRef and resourceFieldRef is required"));
            }
            item.at("mode").range(0, MODE_LIMIT);
        });
    }

    private static void projected(Check projected) {
        projected.at("sources").items(source -> {
            int kinds = 0;
            for (String kind : new String[]{"secret", "configMap"}) {
                if (source.at(kind).present()) {
                    kinds++;
                    source.at(kind).at("name").required();
                    keys(source.at(kind).at("items"));
                }
            }
            if (source.at("downwardAPI").present()) {
                kinds++;
                downward(source.at("downwardAPI"), source.at("downwardAPI").at("items"));
            }
            if (source.at("serviceAccountToken").present()) {
                kinds++;
                Check token = source.at("serviceAccountToken");
                if (token.at("expirationSeconds").number() < 600) {
                    token.at("expirationSeconds").invalid("may not specify a duration less than 10 minutes");
                }
                token.at("path").required();
            }
            for (String kind : new String[]{"clusterTrustBundle", "podCertificate"}) {
                kinds += source.at(kind).present() ? 1 : 0;
            }
            if (kinds > 1) {
                source.forbidden("may not specify more than 1 volume type per source");
            } else if (kinds == 0) {
                source.add(FieldError.required(source.path(), "must specify one volume source"));
            }
        });
    }

    private static void noDots(Check path) {
        if (List.of(path.text().split("/")).contains("..")) {
            path.invalid("must not contain '..'");
        }
    }

    /** A path inside a volume. */
    private static void localPath(Check path) {
        if (path.text().startsWith("/")) {
            path.invalid("must be a relative path");
        } else {
            noDots(path);
            if (path.passed() && path.text().startsWith("..")) {
                path.invalid("must not start with '..'");
            }
        }
    }
}
