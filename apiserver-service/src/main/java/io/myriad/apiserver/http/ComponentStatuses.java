package io.myriad.apiserver.http;

import java.util.List;
import java.util.function.BooleanSupplier;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;

/** Serves the old list of the control plane's components; of those only the store can be asked from here. */
final class ComponentStatuses {
    private static final String STORE = "etcd-0";

    private final BooleanSupplier storeAnswers;
    private final AnswerWriter answers;

    ComponentStatuses(BooleanSupplier storeAnswers, AnswerWriter answers) {
        this.storeAnswers = storeAnswers;
        this.answers = answers;
    }

    void serve(HttpCall call, RequestInfo info, Resource resource) {
        OutputFormat format = OutputFormat.negotiate(call, true, true);
        call.responseHeaders().add("Warning", "299 - \"v1 ComponentStatus is deprecated in v1.19+\"");
        if (info.verb().equals("get")) {
            if (!info.name().equals(STORE)) {
                throw new StatusException(Status.notFound("componentstatuses", info.name()));
            }
            ObjectNode status = store();
            status.put("kind", "ComponentStatus").put("apiVersion", "v1");
            if (format.view() != OutputFormat.View.PLAIN) {
                view(call, resource, status, format);
                return;
            }
            answers.respond(call, 200, resource.kind(), resource.type(), status, format);
            return;
        }
        if (format.view() != OutputFormat.View.PLAIN) {
            view(call, resource, store(), format);
            return;
        }
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("kind", "ComponentStatusList").put("apiVersion",
                "v1");
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        List.of(store()).forEach(items::add);
        ObjectType type = resource.listType() == null ? resource.type() : resource.listType();
        answers.respond(call, 200, new GroupVersionKind("", "v1", "ComponentStatusList"), type, list, format);
    }

    private void view(HttpCall call, Resource resource, ObjectNode status, OutputFormat format) {
        if (format.view() != OutputFormat.View.TABLE) {
            throw OutputFormat.notAcceptable(true);
        }
        answers.respondTable(call, resource.kind(), List.of(status), format);
    }

    private ObjectNode store() {
        boolean healthy = storeAnswers.getAsBoolean();
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.putObject("metadata").put("name", STORE);
        status.putArray("conditions").addObject().put("type", "Healthy").put("status", healthy ? "True" : "False")
                .put("message", healthy ? "ok" : "the store does not answer");
        return status;
    }
}
