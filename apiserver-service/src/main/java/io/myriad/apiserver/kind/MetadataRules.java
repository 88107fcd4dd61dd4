package io.myriad.apiserver.kind;

import java.util.Locale;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/** Rules for labels, annotations and label selectors, wherever they stand. */
final class MetadataRules {
    private static final int ANNOTATIONS_SIZE_LIMIT_BYTES = 256 * 1024;

    private MetadataRules() {}

    static void labels(Check labels) {
        labels.entries((key, value) -> {
            int before = labels.errorCount();
            Names.qualifiedName(key).forEach(message -> labels.fresh().invalidKey(key, message));
            if (labels.errorCount() == before) {
                Names.labelValue(value.text()).forEach(message -> labels.fresh().invalidKey(value.text(), message));
            }
        });
    }

    static void annotations(Check annotations) {
        long[] size = {0};
        annotations.entries((key, value) -> {
            Names.qualifiedName(key.toLowerCase(Locale.ROOT))
                    .forEach(message -> annotations.fresh().invalidKey(key, message));
            size[0] += key.length() + (long) value.text().length();
        });
        if (size[0] > ANNOTATIONS_SIZE_LIMIT_BYTES) {
            annotations.add(FieldError.tooLong(annotations.path(), ANNOTATIONS_SIZE_LIMIT_BYTES));
        }
    }

    /** A {@code metav1.LabelSelector}. */
    static void selector(Check selector) {
        labels(selector.at("matchLabels"));
        selector.at("matchExpressions").items(expression -> {
            boolean values = !expression.at("values").empty();
            switch (expression.at("operator").text()) {
                case "In", "NotIn" -> {
                    if (!values) {
                        expression.at("values").required("must be specified when `operator` is 'In' or 'NotIn'");
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (values) {
                        expression.at("values")
                                .forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }
                }
                default -> expression.at("operator").invalid("not a valid selector operator");
            }
            expression.at("key").matches(Names::qualifiedName);
            expression.at("values").items(value -> value.matches(Names::labelValue));
        });
    }
}
