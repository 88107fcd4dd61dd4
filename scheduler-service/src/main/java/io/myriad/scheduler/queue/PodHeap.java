package io.myriad.scheduler.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** A binary heap whose entries know their slot, so that one in the middle can be taken out. */
final class PodHeap {
    private final List<QueuedPod> heap = new ArrayList<>();
    private final Comparator<QueuedPod> order;

    PodHeap(Comparator<QueuedPod> order) {
        this.order = order;
    }

    int size() {
        return heap.size();
    }

    @Nullable
    QueuedPod first() {
        return heap.isEmpty() ? null : heap.getFirst();
    }

    void add(QueuedPod pod) {
        heap.add(pod);
        rise(heap.size() - 1, pod);
    }

    void remove(QueuedPod pod) {
        int slot = pod.slot;
        QueuedPod last = heap.removeLast();
        pod.slot = -1;
        if (last != pod) {
            rise(slot, last);
            sink(last.slot, last);
        }
    }

    private void rise(int from, QueuedPod pod) {
        int slot = from;
        while (slot > 0) {
            QueuedPod parent = heap.get((slot - 1) / 2);
            if (order.compare(pod, parent) >= 0) {
                break;
            }
            put(slot, parent);
            slot = (slot - 1) / 2;
        }
        put(slot, pod);
    }

    private void sink(int from, QueuedPod pod) {
        int slot = from;
        int child = 2 * slot + 1;
        while (child < heap.size()) {
            if (child + 1 < heap.size() && order.compare(heap.get(child + 1), heap.get(child)) < 0) {
                child++;
            }
            if (order.compare(heap.get(child), pod) >= 0) {
                break;
            }
            put(slot, heap.get(child));
            slot = child;
            child = 2 * slot + 1;
        }
        put(slot, pod);
    }

    private void put(int slot, QueuedPod pod) {
        heap.set(slot, pod);
        pod.slot = slot;
    }
}
