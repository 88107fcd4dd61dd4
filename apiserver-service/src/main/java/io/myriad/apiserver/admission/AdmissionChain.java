package io.myriad.apiserver.admission;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.admission.webhook.MutatingWebhooks;

/** Runs the plugins: first all that change, in order, then all that refuse. */
public final class AdmissionChain implements AutoCloseable {
    private final List<AdmissionPlugin> plugins;
    private final @Nullable MutatingWebhooks webhooks;
    private final List<Followed<?>> followed;

    /** A chain of plugins that follow nothing. */
    public AdmissionChain(List<AdmissionPlugin> plugins) {
        this(plugins, null, List.of());
    }

    /**
     * @param webhooks run after the plugins that change, or null
     * @param followed what the plugins have to know of the objects there are
     */
    AdmissionChain(List<AdmissionPlugin> plugins, @Nullable MutatingWebhooks webhooks, List<Followed<?>> followed) {
        this.plugins = List.copyOf(plugins);
        this.webhooks = webhooks;
        this.followed = List.copyOf(followed);
    }

    /** Starts to follow what plugins have to know; returns at once. Requests that need it wait until it is there. */
    public void start() {
        followed.forEach(Followed::start);
    }

    @Override
    public void close() {
        followed.forEach(Followed::close);
    }

    /** Lets every plugin change the object, and then the webhooks. */
    public void admit(AdmissionPlugin.Attributes attributes) {
        change(attributes);
        if (webhooks != null) {
            webhooks.admit(attributes, () -> change(attributes));
        }
    }

    private void change(AdmissionPlugin.Attributes attributes) {
        for (AdmissionPlugin plugin : plugins) {
            plugin.admit(attributes);
        }
    }

    /** Lets every plugin refuse the write. */
    public void validate(AdmissionPlugin.Attributes attributes) {
        for (AdmissionPlugin plugin : plugins) {
            plugin.validate(attributes);
        }
    }

    /** The names of the plugins, in order. */
    public List<String> names() {
        return plugins.stream().map(AdmissionPlugin::name).toList();
    }
}
