package io.myriad.apiserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.admission.policy.Binding;
import io.myriad.apiserver.admission.policy.Policy;
import io.myriad.apiserver.admission.policy.ValidatingPolicies;
import io.myriad.apiserver.admission.webhook.AdmittedObjects;
import io.myriad.apiserver.admission.webhook.MutatingWebhooks;
import io.myriad.apiserver.admission.webhook.ValidatingWebhooks;
import io.myriad.apiserver.admission.webhook.Webhook;
import io.myriad.apiserver.admission.webhook.WebhookClient;
import io.myriad.apiserver.authorization.Authorizer;
import io.myriad.apiserver.authorization.RbacAuthorizer;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectLookup;
import io.myriad.apiserver.storage.ObjectStorage;

/** The plugins that there are, in the order in which they run; all are on unless switched off. */
public final class AdmissionPlugins {
    /**
     * Where the objects of a resource are, and how they are read and written.
     *
     * @param encoder the bytes to store, without a resource version
     */
    public record Source(ObjectStorage storage, Function<CachedObject, ObjectNode> decoder,
            Function<ObjectNode, byte[]> encoder) {}

    private final Function<GroupVersionResource, Source> sources;
    private final List<Followed<?>> followed = new ArrayList<>();

    private AdmissionPlugins(Function<GroupVersionResource, Source> sources) {
        this.sources = sources;
    }

    /**
     * Makes the chain; it follows nothing before it is started.
     *
     * @param disabled names of plugins to leave out ({@code --disable-admission-plugins})
     * @param lookup finds what plugins look at
     * @param sources gives the source of a resource
     * @param objects what webhooks know of the kinds
     * @param random for name suffixes
     * @param rbac the RBAC policy, or null when that mode is off
     * @param authorizer decides about {@code escalate}, {@code bind}, {@code approve} and {@code sign}
     * @param client calls webhooks
     * @throws IllegalArgumentException when {@code disabled} names no plugin
     */
    public static AdmissionChain chain(Set<String> disabled, ObjectLookup lookup,
            Function<GroupVersionResource, Source> sources, AdmittedObjects objects, RandomGenerator random,
            @Nullable RbacAuthorizer rbac, Authorizer authorizer, WebhookClient client) {
        return new AdmissionPlugins(sources).chain(disabled, lookup, objects, random, rbac, authorizer, client);
    }

    private AdmissionChain chain(Set<String> disabled, ObjectLookup lookup, AdmittedObjects objects,
            RandomGenerator random, @Nullable RbacAuthorizer rbac, Authorizer authorizer, WebhookClient client) {
        MutatingWebhooks mutating = new MutatingWebhooks(webhooks("mutatingwebhookconfigurations"), lookup, objects,
                client, random);
        List<AdmissionPlugin> plugins = new ArrayList<>(List.of(new NamespaceLifecycle(lookup), limitRanger(),
                new ServiceAccountAdmission(lookup, random), new NodeRestriction(lookup), new TaintNodesByCondition(),
                podSecurity(lookup), new PriorityAdmission(lookup), new DefaultTolerationSeconds(),
                DefaultClass.ofClaims(lookup), new StorageObjectInUseProtection(), new RuntimeClassAdmission(lookup),
                CertificateRights.toApprove(authorizer), CertificateRights.toSign(authorizer),
                new CertificateSubjectRestriction(), DefaultClass.ofIngresses(lookup), new PodResizeValidator(lookup),
                policies(lookup, objects, authorizer),
                new ValidatingWebhooks(webhooks("validatingwebhookconfigurations"), lookup, objects, client, random),
                resourceQuota()));
        List<String> names = Stream.concat(plugins.stream(), Stream.of(mutating)).map(AdmissionPlugin::name).toList();
        for (String name : disabled) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("unknown admission plugin \"" + name + "\"; there are " + names);
            }
        }
        plugins.removeIf(plugin -> disabled.contains(plugin.name()));
        plugins.add(new CertificateRequester());
        if (rbac != null) {
            plugins.add(new RoleEscalation(rbac, authorizer));
        }
        return new AdmissionChain(plugins, disabled.contains(mutating.name()) ? null : mutating, followed);
    }

    private <T> Followed<T> following(Followed<T> one) {
        followed.add(one);
        return one;
    }

    private Supplier<List<List<Webhook>>> webhooks(String resource) {
        Followed<List<Webhook>> known = extension(resource, Webhook::of);
        return () -> known.in("");
    }

    private ValidatingPolicies policies(ObjectLookup lookup, AdmittedObjects objects, Authorizer authorizer) {
        Followed<Policy> policies = extension("validatingadmissionpolicies", Policy::of);
        Followed<Binding> bindings = extension("validatingadmissionpolicybindings", Binding::of);
        return new ValidatingPolicies(() -> policies.in(""), () -> bindings.in(""), lookup, objects, authorizer);
    }

    private <T> Followed<T> extension(String resource, Function<ObjectNode, T> reader) {
        Source source = sources.apply(new GroupVersionResource("admissionregistration.k8s.io", "v1", resource));
        return following(new Followed<>(resource, source.storage, (namespace, name) -> "",
                stored -> reader.apply(source.decoder.apply(stored))));
    }

    private Source source(String resource) {
        return sources.apply(new GroupVersionResource("", "v1", resource));
    }

    private LimitRanger limitRanger() {
        Source source = source("limitranges");
        return new LimitRanger(following(new Followed<>("limitranges", source.storage, (namespace, name) -> namespace,
                source.decoder::apply)));
    }

    private ResourceQuota resourceQuota() {
        Source source = source("resourcequotas");
        QuotaCounter counter = new QuotaCounter(source.storage, source.decoder, source.encoder);
        return new ResourceQuota(following(new Followed<>("resourcequotas", source.storage,
                (namespace, name) -> namespace, counter::seen)), counter);
    }

    private PodSecurity podSecurity(ObjectLookup lookup) {
        Source source = source("namespaces");
        return new PodSecurity(following(new Followed<>("namespaces", source.storage, (namespace, name) -> name,
                stored -> new PodSecurity.Labelled(stored.name(), PodSecurityPolicy
                        .of(source.decoder.apply(stored).path("metadata").path("labels"))))),
                lookup);
    }
}
