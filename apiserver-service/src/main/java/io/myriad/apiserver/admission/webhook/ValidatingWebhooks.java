package io.myriad.apiserver.admission.webhook;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.storage.ObjectLookup;

/** Lets webhooks refuse writes: all that a write is for are asked at once. */
public final class ValidatingWebhooks implements AdmissionPlugin {
    private final Supplier<List<List<Webhook>>> configurations;
    private final Selection selection;
    private final Calls calls;

    /**
     * @param configurations the webhooks of each configuration
     * @param lookup finds namespaces
     * @param random for the reviews' uids
     */
    public ValidatingWebhooks(Supplier<List<List<Webhook>>> configurations, ObjectLookup lookup,
            AdmittedObjects objects, WebhookClient client, RandomGenerator random) {
        this.configurations = configurations;
        this.selection = new Selection(lookup, objects);
        this.calls = new Calls(client, objects, random);
    }

    @Override
    public String name() {
        return "ValidatingAdmissionWebhook";
    }

    /** The webhooks of several configurations in the order in which they are called. */
    static List<Webhook> ordered(List<List<Webhook>> configurations) {
        return configurations.stream().flatMap(List::stream).sorted(Comparator.comparing(Webhook::configuration))
                .toList();
    }

    @Override
    public void validate(Attributes write) {
        List<List<Webhook>> known = configurations.get();
        if (known.isEmpty() || !Selection.appliesTo(write)) {
            return;
        }
        List<Runnable> questions = new ArrayList<>();
        for (Webhook webhook : ordered(known)) {
            AdmittedObjects.Version version = selection.version(webhook.constraints(), write);
            if (version != null) {
                @Nullable
                ObjectNode object = calls.in(version, write, write.object());
                questions.add(() -> calls.ask(webhook, write, version, object, false));
            }
        }
        if (questions.size() == 1) {
            questions.getFirst().run();
        } else if (!questions.isEmpty()) {
            askAll(questions);
        }
    }

    /** The first refusal in order counts. */
    private static void askAll(List<Runnable> questions) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> answers = new ArrayList<>();
            questions.forEach(question -> answers.add(threads.submit(question)));
            for (Future<?> answer : answers) {
                answer.get();
            }
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof StatusException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StatusException(Status.internal("interrupted"));
        }
    }
}
