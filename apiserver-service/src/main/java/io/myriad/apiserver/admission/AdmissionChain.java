package io.myriad.apiserver.admission;

import java.util.List;

/** Runs the plugins: first all that change, in order, then all that refuse. */
public final class AdmissionChain {
    private final List<AdmissionPlugin> plugins;

    public AdmissionChain(List<AdmissionPlugin> plugins) {
        this.plugins = List.copyOf(plugins);
    }

    /** Lets every plugin change the object. */
    public void admit(AdmissionPlugin.Attributes attributes) {
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
