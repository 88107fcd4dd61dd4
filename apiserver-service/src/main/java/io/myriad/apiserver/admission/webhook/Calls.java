package io.myriad.apiserver.admission.webhook;

import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.value.Uuids;
import io.myriad.apiserver.admission.AdmissionPlugin;

/** Asks single webhooks about writes. Safe for any thread. */
final class Calls {
    private static final Logger log = LoggerFactory.getLogger(Calls.class);

    private final WebhookClient client;
    private final AdmittedObjects objects;
    private final RandomGenerator random;

    /** @param random for the reviews' uids */
    Calls(WebhookClient client, AdmittedObjects objects, RandomGenerator random) {
        this.client = client;
        this.objects = objects;
        this.random = random;
    }

    /** The object in the version that a webhook gets. */
    @Nullable
    ObjectNode in(AdmittedObjects.Version sent, AdmissionPlugin.Attributes write, @Nullable ObjectNode object) {
        AdmittedObjects.Version own = new AdmittedObjects.Version(write.resource(), write.kind());
        return object == null || sent.resource().equals(own.resource()) ? object : objects.converted(object, own, sent);
    }

    /**
     * Asks a webhook.
     *
     * @return its answer; null when it need not be asked, or could not and that is no hindrance
     * @throws StatusException when it refuses, or could not be asked
     */
    Review.@Nullable Answer ask(Webhook webhook, AdmissionPlugin.Attributes write, AdmittedObjects.Version sent,
            @Nullable ObjectNode object, boolean mutating) {
        String uid = Uuids.next(random);
        ObjectNode request = Review.request(uid, write, sent, object, in(sent, write, write.oldObject()));
        try {
            MatchConditions.Unmet unmet = webhook.conditions().unmet(request);
            if (unmet != null && unmet.failed()) {
                throw new IOException("match condition \"" + unmet.name() + "\" cannot be evaluated: " + unmet.why());
            }
            if (unmet != null) {
                log.debug("The webhook {} is not for {}: {} is false", webhook.name(), write.name(), unmet.name());
                return null;
            }
            byte[] body = client.post(webhook.client(), Review.body(webhook.reviewVersion(), request),
                    webhook.timeoutSeconds());
            Review.Answer answer = Review.answer(webhook, uid, body, mutating);
            answer.warnings().forEach(write.warnings());
            if (answer.refusal() != null) {
                throw new StatusException(answer.refusal());
            }
            return answer;
        } catch (IOException failure) {
            return failed(webhook, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return failed(webhook, interrupted);
        }
    }

    private static Review.@Nullable Answer failed(Webhook webhook, Exception failure) {
        String why = "failed calling webhook \"" + webhook.name() + "\": failed to call webhook: "
                + failure.getMessage();
        if (webhook.mayFail()) {
            log.warn("Going on although: {}", why);
            return null;
        }
        Status.Details details = new Status.Details("", "", "", "", List.of(new Status.Cause("", why, "")), 0);
        throw new StatusException(new Status(500, StatusReason.INTERNAL_ERROR, "Internal error occurred: " + why,
                details));
    }
}
