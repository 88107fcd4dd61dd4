package io.myriad.apiserver.http;

import java.util.Set;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.kind.Strategy;
import io.myriad.apiserver.registry.Answer;
import io.myriad.apiserver.registry.CustomKind;
import io.myriad.apiserver.registry.Registry;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.registry.WriteRequest;
import io.myriad.apiserver.storage.WatchCursor;

/** Serves stored resources: turns calls into operations of the registry and their answers into responses. */
final class ResourceEndpoint {
    private static final GroupVersionKind DELETE_OPTIONS = new GroupVersionKind("", "v1", "DeleteOptions");
    private static final String APPLY = "application/apply-patch+yaml";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final Set<String> PATCHES = Set.of("application/json-patch+json", "application/merge-patch+json",
            STRATEGIC, APPLY);

    private final Registry registry;
    private final AnswerWriter answers;
    private final WatchLoops loops = new WatchLoops();
    private final WatchRegister watches;
    private final ObjectType deleteOptionsType;
    private final long minWatchMillis;
    private final RandomGenerator random;

    ResourceEndpoint(Registry registry, AnswerWriter answers, Schema schema, WatchRegister watches,
            long minWatchMillis, RandomGenerator random) {
        this.registry = registry;
        this.answers = answers;
        this.watches = watches;
        ObjectType type = schema.kind(DELETE_OPTIONS);
        if (type == null) {
            throw new IllegalStateException("the schema tables lack DeleteOptions");
        }
        this.deleteOptionsType = type;
        this.minWatchMillis = minWatchMillis;
        this.random = random;
    }

    /** Serves a call about a resource, without a subresource or about {@code status}. */
    void serve(HttpCall call, RequestInfo info, User user, ServedResource resource) {
        boolean status = info.subresource().equals("status");
        switch (info.verb()) {
            case "get" -> get(call, info, resource);
            case "list" -> list(call, info, resource);
            case "watch" -> watch(call, info, resource);
            case "create" -> create(call, info, user, resource);
            case "update" -> update(call, info, user, resource, target(status));
            case "patch" -> patch(call, info, user, resource, target(status));
            case "delete" -> delete(call, info, user, resource);
            case "deletecollection" -> deleteCollection(call, info, user, resource);
            default -> throw methodNotAllowed();
        }
    }

    private static Strategy.Target target(boolean status) {
        return status ? Strategy.Target.STATUS : Strategy.Target.MAIN;
    }

    static StatusException methodNotAllowed() {
        return new StatusException(StatusTree.general(StatusReason.METHOD_NOT_ALLOWED,
                "the server does not allow this method on the requested resource"));
    }

    private static OutputFormat format(HttpCall call, ServedResource resource) {
        OutputFormat format = OutputFormat.negotiate(call, !resource.custom(), true);
        AnswerWriter.checkTableOptions(call, format);
        return format;
    }

    private void get(HttpCall call, RequestInfo info, ServedResource resource) {
        OutputFormat format = format(call, resource);
        answers.write(call, registry.get(resource, info.namespace(), info.name(),
                call.query().text("resourceVersion")), format);
    }

    private void list(HttpCall call, RequestInfo info, ServedResource resource) {
        OutputFormat format = format(call, resource);
        ListParameters parameters = ListParameters.parse(call.query(), resource, info.namespace(), "", false);
        answers.write(call, registry.list(resource, parameters.list()), format);
    }

    private void watch(HttpCall call, RequestInfo info, ServedResource resource) {
        if (!call.method().equals("GET")) {
            throw methodNotAllowed();
        }
        OutputFormat format = format(call, resource);
        if (format.encoding() == OutputFormat.Encoding.YAML) {
            throw OutputFormat.notAcceptable(!resource.custom());
        }
        ListParameters parameters = ListParameters.parse(call.query(), resource, info.namespace(),
                info.watchPath() ? info.name() : "", true);
        long millis = parameters.timeoutSeconds() > 0
                ? parameters.timeoutSeconds() * 1000
                : minWatchMillis + random.nextLong(minWatchMillis);
        WatchSlot slot = new WatchSlot(loops);
        WatchCursor cursor = resource.storage().watch(parameters.watch(), slot::ready);
        boolean started = false;
        try {
            boolean protobuf = format.encoding() == OutputFormat.Encoding.PROTOBUF;
            boolean webSocket = WebSocketHandshake.wanted(call);
            call.responseHeaders().set("Content-Type",
                    protobuf ? format.encoding().mediaType() + ";stream=watch" : format.encoding().mediaType());
            ResponseStream stream = webSocket ? WebSocketHandshake.open(call, !protobuf) : call.stream(200, -1);
            if (stream == null) {
                return;
            }
            WatchFrames frames = new WatchFrames(resource, format, answers, call, !webSocket);
            WatchResponse response = watches.add(done -> new WatchResponse(cursor, frames::append, stream, loops,
                    parameters.bookmarks(), resource.form().convertingBlocks(), random, done));
            started = true;
            slot.fill(response);
            response.start(millis);
        } finally {
            if (!started) {
                cursor.close();
            }
        }
    }

    private void create(HttpCall call, RequestInfo info, User user, ServedResource resource) {
        if (resource.customKind() instanceof CustomKind kind && kind.terminating()) {
            throw new StatusException(StatusTree.general(StatusReason.METHOD_NOT_ALLOWED,
                    "create not allowed while custom resource definition is terminating"));
        }
        OutputFormat format = format(call, resource);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "CreateOptions", false, warnings);
        ObjectNode body = BodyReader.read(call, resource, request);
        Answer answer = registry.create(resource, body, request);
        answers.write(call, answer, format);
    }

    private void update(HttpCall call, RequestInfo info, User user, ServedResource resource,
            Strategy.Target target) {
        OutputFormat format = format(call, resource);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "UpdateOptions", false, warnings);
        ObjectNode body = BodyReader.read(call, resource, request);
        Answer answer = registry.update(resource, target, body, request);
        answers.write(call, answer, format);
    }

    private void patch(HttpCall call, RequestInfo info, User user, ServedResource resource, Strategy.Target target) {
        String mediaType = patchType(call, resource);
        OutputFormat format = format(call, resource);
        boolean apply = mediaType.equals(APPLY);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "PatchOptions", apply, warnings);
        Answer answer = registry.patch(resource, target, mediaType, call.body(), call.query().flag("force"), request);
        answers.write(call, answer, format);
    }

    /** The media type of a patch that the resource takes: strategic merge patch needs the tables of built-in kinds. */
    static String patchType(HttpCall call, ServedResource resource) {
        String header = call.header("Content-Type");
        int semicolon = header.indexOf(';');
        String mediaType = semicolon < 0 ? header : header.substring(0, semicolon);
        String accepted = "the body of the request was in an unknown format - accepted media types include: "
                + String.join(", ", PATCHES.stream().sorted()
                        .filter(type -> !resource.custom() || !type.equals(STRATEGIC)).toList());
        if (!PATCHES.contains(mediaType)) {
            throw new StatusException(StatusTree.general(StatusReason.UNSUPPORTED_MEDIA_TYPE, accepted));
        }
        if (resource.custom() && mediaType.equals(STRATEGIC)) {
            throw new StatusException(Status.of(StatusReason.UNSUPPORTED_MEDIA_TYPE, accepted));
        }
        return mediaType;
    }

    private void delete(HttpCall call, RequestInfo info, User user, ServedResource resource) {
        OutputFormat format = format(call, resource);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "DeleteOptions", false, warnings);
        ObjectNode body = deleteBody(call, resource, request);
        Answer answer = registry.delete(resource, withDryRun(request, body),
                WriteParameters.delete(call.query(), body));
        answers.write(call, answer, format);
    }

    private void deleteCollection(HttpCall call, RequestInfo info, User user, ServedResource resource) {
        OutputFormat format = format(call, resource);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "DeleteOptions", false, warnings);
        ObjectNode body = deleteBody(call, resource, request);
        ListParameters parameters = ListParameters.parse(call.query(), resource, info.namespace(), "", false);
        Answer answer = registry.deleteCollection(resource, parameters.list(), withDryRun(request, body),
                WriteParameters.delete(call.query(), body));
        answers.write(call, answer, format);
    }

    /** The DeleteOptions of the body, or null; clients may send them in the group of the resource. */
    private @Nullable ObjectNode deleteBody(HttpCall call, ServedResource resource, WriteRequest request) {
        if (call.body().length == 0) {
            return null;
        }
        return BodyReader.readOptions(call, DELETE_OPTIONS.kind(), deleteOptionsType, request);
    }

    private static WriteRequest withDryRun(WriteRequest request, @Nullable ObjectNode body) {
        boolean dryRun = body == null ? request.dryRun() : !body.path("dryRun").isEmpty();
        return new WriteRequest(request.user(), request.namespace(), request.name(), request.subresource(),
                request.manager(), dryRun, request.fieldValidation(), request.warnings());
    }
}
