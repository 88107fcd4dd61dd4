package io.myriad.apiserver.http;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;

/**
 * The form of an answer, as the client asked for it.
 *
 * @param encoding the encoding
 * @param view the object itself or what is made of it
 * @param viewVersion the version of {@code meta.k8s.io} of a view
 * @param pretty whether JSON is indented
 */
record OutputFormat(Encoding encoding, View view, String viewVersion, boolean pretty) {
    /** Encodings that can be asked for. */
    enum Encoding {
        JSON("application/json"), YAML("application/yaml"), PROTOBUF("application/vnd.kubernetes.protobuf");

        private final String mediaType;

        Encoding(String mediaType) {
            this.mediaType = mediaType;
        }

        String mediaType() {
            return mediaType;
        }
    }

    /** What is made of an object. */
    enum View {
        /** The object itself. */
        PLAIN,
        /** Its metadata alone. */
        METADATA,
        /** Rows of printed columns. */
        TABLE
    }

    static final OutputFormat JSON = new OutputFormat(Encoding.JSON, View.PLAIN, "v1", false);

    private static final Set<Encoding> ALL = EnumSet.allOf(Encoding.class);
    private static final Set<Encoding> TEXT = EnumSet.of(Encoding.JSON, Encoding.YAML);

    /**
     * Picks the form of a request's answer.
     *
     * @param protobuf whether the kind has a protobuf form
     * @param views whether metadata and tables can be made
     * @throws StatusException 406 when nothing that is accepted can be made
     */
    static OutputFormat negotiate(HttpCall call, boolean protobuf, boolean views) {
        Set<Encoding> encodings = protobuf ? ALL : TEXT;
        OutputFormat format = find(call, encodings, views);
        if (format != null) {
            return format;
        }
        // Upstream finds out in two places, which answer alike but for the details.
        throw MediaType.parseAccept(call.header("Accept")).stream().anyMatch(
                clause -> encodings.stream().anyMatch(encoding -> clause.essence().equals(encoding.mediaType())))
                        ? new StatusException(Status.of(StatusReason.NOT_ACCEPTABLE, acceptedTypes(protobuf)))
                        : notAcceptable(protobuf);
    }

    /** The form for an error, which must not fail itself. */
    static OutputFormat ofError(HttpCall call) {
        OutputFormat format = find(call, ALL, true);
        return format == null
                ? JSON
                : new OutputFormat(format.encoding, View.PLAIN, "v1", format.pretty);
    }

    private static @Nullable OutputFormat find(HttpCall call, Set<Encoding> encodings, boolean views) {
        boolean pretty = pretty(call);
        String accept = call.header("Accept");
        if (accept.isEmpty()) {
            return new OutputFormat(Encoding.JSON, View.PLAIN, "v1", pretty);
        }
        for (MediaType clause : MediaType.parseAccept(accept)) {
            for (Encoding encoding : encodings) {
                boolean any = clause.type().equals("*") && clause.subtype().equals("*");
                if (any || clause.essence().equals(encoding.mediaType())) {
                    OutputFormat format = accept(clause, encoding, views, pretty);
                    if (format != null) {
                        return format;
                    }
                }
            }
        }
        return null;
    }

    private static @Nullable OutputFormat accept(MediaType clause, Encoding encoding, boolean views, boolean pretty) {
        String as = clause.parameters().get("as");
        String stream = clause.parameters().getOrDefault("stream", "");
        String serverVersion = clause.parameters().getOrDefault("sv", "v1");
        if (!stream.isEmpty() && !stream.equals("watch") || !serverVersion.equals("v1")) {
            return null;
        }
        boolean indented = pretty || "1".equals(clause.parameters().get("pretty"));
        if (as == null) {
            return new OutputFormat(encoding, View.PLAIN, "v1", indented);
        }
        String version = clause.parameters().getOrDefault("v", "");
        if (!views || !"meta.k8s.io".equals(clause.parameters().get("g"))
                || !version.equals("v1") && !version.equals("v1beta1")) {
            return null;
        }
        return switch (as) {
            case "Table" -> encoding == Encoding.PROTOBUF
                    ? null
                    : new OutputFormat(encoding, View.TABLE, version, indented);
            case "PartialObjectMetadata", "PartialObjectMetadataList" -> new OutputFormat(encoding, View.METADATA,
                    version, indented);
            default -> null;
        };
    }

    /** People at a terminal or a browser get indented JSON. */
    private static boolean pretty(HttpCall call) {
        String asked = call.query().text("pretty");
        if (!asked.isEmpty()) {
            return List.of("1", "t", "T", "true", "TRUE", "True").contains(asked);
        }
        String agent = call.header("User-Agent");
        return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
    }

    static StatusException notAcceptable(boolean protobuf) {
        return new StatusException(StatusTree.general(StatusReason.NOT_ACCEPTABLE, acceptedTypes(protobuf)));
    }

    private static String acceptedTypes(boolean protobuf) {
        StringBuilder accepted = new StringBuilder();
        for (Encoding encoding : protobuf ? ALL : TEXT) {
            accepted.append(accepted.isEmpty() ? "" : ", ").append(encoding.mediaType());
        }
        return "only the following media types are accepted: " + accepted;
    }
}
