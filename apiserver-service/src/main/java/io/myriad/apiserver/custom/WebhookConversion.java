package io.myriad.apiserver.custom;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.custom.CustomSchema;
import io.myriad.apiserver.registry.Conversion;

/**
 * Versions that a webhook converts. Objects keep the version in which they were stored until they are written again, so
 * that one which is served in the storage version may need the webhook too. As upstream, what is read gets the defaults of
 * the version in which it is stored, and what a webhook made loses what its version does not know.
 */
record WebhookConversion(ConversionWebhook webhook, GroupVersionKind storedKind, CustomSchema stored,
        GroupVersionKind servedKind, CustomSchema served) implements Conversion {
    @Override
    public ObjectNode read(ObjectNode object) {
        return served(object, true);
    }

    @Override
    public ObjectNode toServed(ObjectNode object) {
        return served(object, false);
    }

    private ObjectNode served(ObjectNode object, boolean read) {
        String version = object.path("apiVersion").asString("");
        if (version.equals(servedKind.apiVersion())) {
            served.conformStored(object);
            return object;
        }
        if (version.equals(storedKind.apiVersion())) {
            stored.conformStored(object);
        }
        ObjectNode converted = read ? webhook.read(object, servedKind) : webhook.convert(object, servedKind);
        served.prune(converted);
        return converted;
    }

    @Override
    public ObjectNode toStored(ObjectNode object) {
        object.put("kind", servedKind.kind()).put("apiVersion", servedKind.apiVersion());
        if (storedKind.equals(servedKind)) {
            return object;
        }
        ObjectNode converted = webhook.convert(object, storedKind);
        stored.prune(converted);
        return converted;
    }

    @Override
    public boolean blocks() {
        return true;
    }
}
