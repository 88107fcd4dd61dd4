package io.myriad.apiserver.http;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.registry.Answer;
import io.myriad.apiserver.registry.CustomKind;
import io.myriad.apiserver.registry.DeleteOptions;
import io.myriad.apiserver.registry.PartialWrites;
import io.myriad.apiserver.registry.PodBinding;
import io.myriad.apiserver.registry.PodEviction;
import io.myriad.apiserver.registry.Registry;
import io.myriad.apiserver.registry.ScaleResource;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.registry.WriteRequest;
import io.myriad.apiserver.review.TokenRequests;
import io.myriad.apiserver.storage.CachedObject;

/** Serves the subresources that are more than a part of the object. */
final class Subresources implements SubresourceEndpoint {
    private static final GroupVersionResource BUDGETS = new GroupVersionResource("policy", "v1",
            "poddisruptionbudgets");
    private static final String APPLY = "application/apply-patch+yaml";
    /** Evictions may come in the version from before it was stable. */
    private static final Set<String> EVICTION_VERSIONS = Set.of("policy/v1", "policy/v1beta1");

    private final Schema schema;
    private final Registry registry;
    private final AnswerWriter answers;
    private final @Nullable TokenRequests tokens;
    private final PodBinding binding;
    private final @Nullable PodEviction eviction;
    private final PartialWrites partialWrites;
    private final NodeAccess nodes;
    private final Map<GroupVersionResource, ScaleResource> scales = new ConcurrentHashMap<>();

    Subresources(ApiServer.Content content, AnswerWriter answers) {
        this.schema = content.schema();
        this.registry = content.registry();
        this.answers = answers;
        this.tokens = content.tokens();
        this.binding = new PodBinding(registry);
        ServedResource budgets = content.catalog().state().served(BUDGETS);
        this.eviction = budgets == null ? null : new PodEviction(registry, budgets);
        this.partialWrites = new PartialWrites(registry);
        this.nodes = new NodeAccess(content.lookup());
    }

    @Override
    public void serve(HttpCall call, RequestInfo info, User user, ServedResource resource,
            Resource.Subresource subresource) {
        switch (subresource.name()) {
            case "scale" -> scale(call, info, user, resource);
            case "token" -> token(call, info, user, resource, subresource);
            case "binding" -> bind(call, info, user, resource, info.name());
            case "eviction" -> evict(call, info, user, resource, subresource);
            case "log", "exec", "attach", "portforward", "proxy" -> nodes.serve(call, info, resource, subresource);
            default -> {
                if (!PartialWrites.serves(subresource.name())) {
                    throw Router.notFound();
                }
                partial(call, info, user, resource);
            }
        }
    }

    private void scale(HttpCall call, RequestInfo info, User user, ServedResource resource) {
        ScaleResource scale = scaleOf(resource);
        boolean patch = info.verb().equals("patch");
        String mediaType = patch ? ResourceEndpoint.patchType(call, resource) : "";
        OutputFormat format = OutputFormat.negotiate(call, true, true);
        AnswerWriter.checkTableOptions(call, format);
        Warnings warnings = call.warnings();
        Answer answer;
        if (info.verb().equals("get")) {
            answer = scale.get(info.namespace(), info.name(), call.query().text("resourceVersion"));
        } else if (patch) {
            WriteRequest request = WriteParameters.parse(call, info, user, "PatchOptions", mediaType.equals(APPLY),
                    warnings);
            answer = scale.patch(mediaType, call.body(), call.query().flag("force"), request);
        } else {
            WriteRequest request = WriteParameters.parse(call, info, user, "UpdateOptions", false, warnings);
            GroupVersionKind kind = new GroupVersionKind("autoscaling", "v1", "Scale");
            answer = scale.update(BodyReader.read(call, kind, type(kind), request), request);
        }
        answers.write(call, answer, format);
    }

    private ScaleResource scaleOf(ServedResource resource) {
        ObjectType type = type(new GroupVersionKind("autoscaling", "v1", "Scale"));
        CustomKind custom = resource.customKind();
        // A definition may change, so nothing is kept of its resources.
        return custom != null
                ? new ScaleResource(registry, resource, type, custom.scalePaths())
                : scales.computeIfAbsent(resource.name(),
                        name -> new ScaleResource(registry, resource, type, ScaleResource.Paths.BUILTIN));
    }

    private void token(HttpCall call, RequestInfo info, User user, ServedResource resource,
            Resource.Subresource subresource) {
        if (tokens == null) {
            throw new StatusException(Status.internal("no service account signing key was given"));
        }
        OutputFormat format = OutputFormat.negotiate(call, true, false);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "CreateOptions", false, warnings);
        ObjectNode body = BodyReader.read(call, subresource.kind(), type(subresource.kind()), request);
        CachedObject account = resource.storage().get(info.namespace(), info.name(), "");
        if (account == null) {
            throw new StatusException(Status.notFound(resource.groupResource(), info.name()));
        }
        tokens.answer(body, resource.form().decode(account));
        answers.write(call, new Answer.Tree(201, subresource.kind(), type(subresource.kind()), body, null), format);
    }

    /** Binds a pod; {@code name} is empty where the Binding alone says which. */
    void bind(HttpCall call, RequestInfo info, User user, ServedResource pods, String name) {
        OutputFormat format = OutputFormat.negotiate(call, true, false);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "CreateOptions", false, warnings);
        GroupVersionKind kind = new GroupVersionKind("", "v1", "Binding");
        ObjectNode body = BodyReader.read(call, kind, type(kind), request);
        String pod = name.isEmpty() ? body.path("metadata").path("name").asString("") : name;
        Answer answer = binding.bind(pods, body, request.named(info.namespace(), pod));
        answers.write(call, answer, format);
    }

    private void evict(HttpCall call, RequestInfo info, User user, ServedResource pods,
            Resource.Subresource subresource) {
        if (eviction == null) {
            throw Router.notFound();
        }
        OutputFormat format = OutputFormat.negotiate(call, true, false);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "CreateOptions", false, warnings)
                .named(info.namespace(), info.name());
        ObjectNode body = BodyReader.readAnyOf(call, EVICTION_VERSIONS, subresource.kind(), type(subresource.kind()),
                request);
        ObjectNode sent = body.get("deleteOptions") instanceof ObjectNode options ? options : null;
        boolean dryRun = request.dryRun() || sent != null && !sent.path("dryRun").isEmpty();
        DeleteOptions options = sent == null ? DeleteOptions.NONE : WriteParameters.delete(call.query(), sent);
        Answer answer = eviction.evict(pods, body, options,
                new WriteRequest(user, request.namespace(), request.name(), request.subresource(), request.manager(),
                        dryRun, request.fieldValidation(), warnings));
        answers.write(call, answer, format);
    }

    private void partial(HttpCall call, RequestInfo info, User user, ServedResource resource) {
        boolean patch = info.verb().equals("patch");
        String mediaType = patch ? ResourceEndpoint.patchType(call, resource) : "";
        OutputFormat format = OutputFormat.negotiate(call, true, true);
        AnswerWriter.checkTableOptions(call, format);
        Warnings warnings = call.warnings();
        Answer answer;
        if (info.verb().equals("get")) {
            answer = registry.get(resource, info.namespace(), info.name(), call.query().text("resourceVersion"));
        } else if (patch) {
            WriteRequest request = WriteParameters.parse(call, info, user, "PatchOptions", mediaType.equals(APPLY),
                    warnings);
            answer = partialWrites.patch(resource, mediaType, call.body(), call.query().flag("force"), request);
        } else {
            WriteRequest request = WriteParameters.parse(call, info, user, "UpdateOptions", false, warnings);
            answer = partialWrites.update(resource, BodyReader.read(call, resource.kind(), resource.type(), request),
                    request);
        }
        answers.write(call, answer, format);
    }

    private ObjectType type(GroupVersionKind kind) {
        ObjectType type = schema.kind(kind);
        if (type == null) {
            throw new IllegalStateException("the schema tables lack " + kind);
        }
        return type;
    }
}
