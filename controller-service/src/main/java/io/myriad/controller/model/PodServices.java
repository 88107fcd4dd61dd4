package io.myriad.controller.model;

import java.util.function.Consumer;

import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;

/** Tells which Services a pod's change concerns: those that select it now, and those that did before. */
public final class PodServices implements InformerHandler<Pod> {
    private final Informer<Service> services;
    private final Consumer<ObjectKey> wake;

    /**
     * @param wake hears the keys of Services, some of them more than once
     */
    public PodServices(Informer<Service> services, Consumer<ObjectKey> wake) {
        this.services = services;
        this.wake = wake;
    }

    @Override
    public void added(ObjectKey key, Pod now, boolean initial) {
        if (!initial && !now.addresses().isEmpty()) {
            wake(now);
        }
    }

    @Override
    public void updated(ObjectKey key, Pod before, Pod now) {
        boolean moved = !before.meta().labels().equals(now.meta().labels());
        if (moved && !before.addresses().isEmpty()) {
            wake(before);
        }
        boolean changed = moved || before.ready() != now.ready() || !before.addresses().equals(now.addresses())
                || before.meta().terminating() != now.meta().terminating() || before.finished() != now.finished()
                || !before.nodeName().equals(now.nodeName());
        if (changed && !(now.addresses().isEmpty() && before.addresses().isEmpty())) {
            wake(now);
        }
    }

    @Override
    public void deleted(ObjectKey key, Pod last) {
        if (!last.addresses().isEmpty()) {
            wake(last);
        }
    }

    private void wake(Pod pod) {
        for (Service service : services.byIndex(ClusterInformers.SERVICES_BY_NAMESPACE, pod.meta().namespace())) {
            if (service.selects(pod)) {
                wake.accept(service.meta().key());
            }
        }
    }
}
