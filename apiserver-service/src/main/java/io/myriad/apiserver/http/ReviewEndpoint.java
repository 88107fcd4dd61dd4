package io.myriad.apiserver.http;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Resource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.registry.Answer;
import io.myriad.apiserver.registry.WriteRequest;
import io.myriad.apiserver.review.Reviews;

/** Serves the reviews of access, of oneself and of tokens: created, answered, and never stored. */
final class ReviewEndpoint implements VirtualEndpoint {
    private final Reviews reviews;
    private final AnswerWriter answers;

    ReviewEndpoint(Reviews reviews, AnswerWriter answers) {
        this.reviews = reviews;
        this.answers = answers;
    }

    @Override
    public void serve(HttpCall call, RequestInfo info, User user, Resource resource) {
        OutputFormat format = OutputFormat.negotiate(call, true, false);
        Warnings warnings = call.warnings();
        WriteRequest request = WriteParameters.parse(call, info, user, "CreateOptions", false, warnings);
        ObjectNode review = BodyReader.read(call, resource.kind(), resource.type(), request);
        reviews.answer(resource.name().resource(), review, user, info.namespace());
        answers.write(call, new Answer.Tree(201, resource.kind(), resource.type(), review, null), format);
    }
}
