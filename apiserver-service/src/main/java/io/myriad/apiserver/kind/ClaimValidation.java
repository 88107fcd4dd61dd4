package io.myriad.apiserver.kind;

import java.util.List;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;
import io.myriad.api.value.Quantity;

/** Specs of persistent volume claims, on their own and in templates. */
final class ClaimValidation {
    static final List<String> ACCESS_MODES = List.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany",
            "ReadWriteOncePod");

    private ClaimValidation() {}

    static void spec(Check spec) {
        accessModes(spec.at("accessModes"));
        MetadataRules.selector(spec.at("selector"));
        Check storage = spec.at("resources").at("requests").key("storage");
        Quantity size = storage.parsed();
        if (size == null) {
            Check at = spec.at("resources").key("storage");
            at.add(FieldError.required(at.path(), ""));
        } else if (size.signum() <= 0) {
            spec.at("resources").key("storage").on(storage.value()).invalid("must be greater than zero");
        }
        spec.at("storageClassName").named(Names::dns1123Subdomain);
        spec.at("volumeAttributesClassName").named(Names::dns1123Subdomain);
        spec.at("volumeMode").oneOf("Block", "Filesystem");
        for (String source : new String[]{"dataSource", "dataSourceRef"}) {
            Check reference = spec.at(source);
            if (reference.present()) {
                reference.at("name").required();
                reference.at("kind").required();
                if (reference.at("apiGroup").empty() && !reference.at("kind").is("PersistentVolumeClaim")
                        && !reference.at("kind").empty()) {
                    reference.invalid("must be 'PersistentVolumeClaim' when referencing the default apiGroup");
                }
            }
        }
    }

    static void accessModes(Check modes) {
        if (modes.empty()) {
            modes.required("at least 1 access mode is required");
        }
        boolean once = false;
        boolean others = false;
        for (int i = 0; i < modes.size(); i++) {
            modes.item(i).oneOf(ACCESS_MODES);
            once |= modes.item(i).is("ReadWriteOncePod");
            others |= !modes.item(i).is("ReadWriteOncePod");
        }
        if (once && others) {
            modes.forbidden("may not use ReadWriteOncePod with other access modes");
        }
    }
}
