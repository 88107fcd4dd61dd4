package io.myriad.apiserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.authorization.Authorizer;
import io.myriad.apiserver.authorization.RbacAuthorizer;
import io.myriad.apiserver.storage.ObjectLookup;

/** The plugins that there are, in the order in which they run; all are on unless switched off. */
public final class AdmissionPlugins {
    private AdmissionPlugins() {}

    /**
     * Makes the chain.
     *
     * @param disabled names of plugins to leave out ({@code --disable-admission-plugins})
     * @param lookup finds what plugins look at
     * @param random for name suffixes
     * @param rbac the RBAC policy, or null when that mode is off
     * @param authorizer decides about {@code escalate} and {@code bind}
     * @throws IllegalArgumentException when {@code disabled} names no plugin
     */
    public static AdmissionChain chain(Set<String> disabled, ObjectLookup lookup, RandomGenerator random,
            @Nullable RbacAuthorizer rbac, Authorizer authorizer) {
        List<AdmissionPlugin> plugins = new ArrayList<>(List.of(new NamespaceLifecycle(lookup),
                new ServiceAccountAdmission(lookup, random), new NodeRestriction(lookup), new TaintNodesByCondition(),
                new PriorityAdmission(lookup), new DefaultTolerationSeconds(), DefaultClass.ofClaims(lookup),
                new StorageObjectInUseProtection(), DefaultClass.ofIngresses(lookup)));
        List<String> names = plugins.stream().map(AdmissionPlugin::name).toList();
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
        return new AdmissionChain(plugins);
    }
}
