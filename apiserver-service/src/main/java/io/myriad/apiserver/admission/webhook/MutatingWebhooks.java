package io.myriad.apiserver.admission.webhook;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.patch.JsonPatch;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Lets webhooks change objects, one after the other. Once one of them has changed an object, those before it that want to
 * are asked again, once, after the other plugins have seen the object anew.
 */
public final class MutatingWebhooks implements AdmissionPlugin {
    private final Supplier<List<List<Webhook>>> configurations;
    private final Selection selection;
    private final Calls calls;
    private final AdmittedObjects objects;

    /**
     * @param configurations the webhooks of each configuration
     * @param lookup finds namespaces
     * @param random for the reviews' uids
     */
    public MutatingWebhooks(Supplier<List<List<Webhook>>> configurations, ObjectLookup lookup,
            AdmittedObjects objects, WebhookClient client, RandomGenerator random) {
        this.configurations = configurations;
        this.objects = objects;
        this.selection = new Selection(lookup, objects);
        this.calls = new Calls(client, objects, random);
    }

    @Override
    public String name() {
        return "MutatingAdmissionWebhook";
    }

    /** Asks them all, after the other plugins; {@code others} runs those again when the object has changed. */
    public void admit(Attributes write, Runnable others) {
        List<List<Webhook>> known = configurations.get();
        if (known.isEmpty() || !Selection.appliesTo(write)) {
            return;
        }
        List<Webhook> ordered = ValidatingWebhooks.ordered(known);
        Set<Webhook> asked = new HashSet<>();
        Set<Webhook> again = new HashSet<>();
        boolean changed = false;
        for (Webhook webhook : ordered) {
            AdmittedObjects.Version version = selection.version(webhook.constraints(), write);
            if (version == null) {
                continue;
            }
            if (ask(webhook, write, version)) {
                changed = true;
                again.addAll(asked);
            }
            if (webhook.reinvoked()) {
                asked.add(webhook);
            }
        }
        ObjectNode object = write.object();
        if (!changed || object == null) {
            return;
        }
        ObjectNode before = object.deepCopy();
        others.run();
        boolean changedByOthers = !object.equals(before);
        for (Webhook webhook : ordered) {
            if (again.contains(webhook) || changedByOthers && asked.contains(webhook)) {
                AdmittedObjects.Version version = selection.version(webhook.constraints(), write);
                if (version != null) {
                    ask(webhook, write, version);
                }
            }
        }
    }

    /** Asks one; whether it changed the object. */
    private boolean ask(Webhook webhook, Attributes write, AdmittedObjects.Version version) {
        ObjectNode object = write.object();
        @Nullable
        ObjectNode sent = calls.in(version, write, object);
        Review.Answer answer = calls.ask(webhook, write, version, sent, true);
        if (answer == null || answer.patch() == null) {
            return false;
        }
        if (object == null || sent == null) {
            throw new StatusException(Status.internal("admission webhook \"" + webhook.name()
                    + "\" attempted to modify the object, which is not supported for this operation"));
        }
        ObjectNode changed = changed(webhook, write, version, sent, answer.patch());
        if (changed.equals(object)) {
            return false;
        }
        object.removeAll();
        object.setAll(changed);
        return true;
    }

    private ObjectNode changed(Webhook webhook, Attributes write, AdmittedObjects.Version version, ObjectNode sent,
            JsonNode patch) {
        JsonNode patched;
        try {
            patched = JsonPatch.apply(sent.deepCopy(), patch);
        } catch (StatusException inapplicable) {
            throw new StatusException(Status.internal("admission webhook \"" + webhook.name() + "\": "
                    + inapplicable.status().message()));
        }
        if (!(patched instanceof ObjectNode tree)) {
            throw new StatusException(Status.internal("admission webhook \"" + webhook.name()
                    + "\": the patch makes no object"));
        }
        // The objects of most subresources are of kinds of their own.
        boolean whole = write.subresource().isEmpty() || write.subresource().equals("status");
        ObjectNode completed = whole ? objects.completed(tree, version) : tree;
        AdmittedObjects.Version own = new AdmittedObjects.Version(write.resource(), write.kind());
        return version.resource().equals(own.resource()) ? completed : objects.converted(completed, version, own);
    }
}
