package io.myriad.apiserver.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.registry.Answer;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.registry.WriteRequest;
import io.myriad.apiserver.review.TokenRequests;
import io.myriad.apiserver.storage.CachedObject;

/** Serves the subresources that are more than a part of the object. */
final class Subresources implements SubresourceEndpoint {
    private final Schema schema;
    private final AnswerWriter answers;
    private final @Nullable TokenRequests tokens;

    Subresources(ApiServer.Content content, AnswerWriter answers) {
        this.schema = content.schema();
        this.answers = answers;
        this.tokens = content.tokens();
    }

    @Override
    public void serve(HttpCall call, RequestInfo info, User user, ServedResource resource,
            Resource.Subresource subresource) {
        switch (subresource.name()) {
            case "token" -> token(call, info, user, resource, subresource);
            default -> throw Router.notFound();
        }
    }

    private void token(HttpCall call, RequestInfo info, User user, ServedResource resource,
            Resource.Subresource subresource) {
        if (tokens == null) {
            throw new StatusException(Status.internal("no service account signing key was given"));
        }
        OutputFormat format = OutputFormat.negotiate(call, true, false);
        Warnings warnings = new Warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "CreateOptions", false, warnings);
        ObjectNode body = BodyReader.read(call, subresource.kind(), type(subresource.kind()), request);
        CachedObject account = resource.storage().get(info.namespace(), info.name(), "");
        if (account == null) {
            throw new StatusException(Status.notFound(resource.groupResource(), info.name()));
        }
        tokens.answer(body, resource.form().decode(account));
        warnings.writeTo(call);
        answers.write(call, new Answer.Tree(201, subresource.kind(), type(subresource.kind()), body, null), format);
    }

    private ObjectType type(GroupVersionKind kind) {
        ObjectType type = schema.kind(kind);
        if (type == null) {
            throw new IllegalStateException("the schema tables lack " + kind);
        }
        return type;
    }
}
