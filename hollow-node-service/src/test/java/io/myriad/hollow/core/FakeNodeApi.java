package io.myriad.hollow.core;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.node.ObjectNode;

/** Writes down what kubelets ask for; tests answer. */
final class FakeNodeApi implements NodeApi {
    final List<String> calls = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final List<ObjectNode> podPatches = new ArrayList<>();
    final List<ObjectNode> bodies = new ArrayList<>();
    final List<String> leases = new ArrayList<>();

    @Override
    public void register(int node, String name, ObjectNode body) {
        calls.add("register " + name);
        bodies.add(body);
    }

    @Override
    public void patchNode(int node, String name, ObjectNode patch) {
        calls.add("status " + name);
        bodies.add(patch);
    }

    @Override
    public void writeLease(int node, String name, byte[] body, boolean create) {
        calls.add((create ? "create" : "renew") + " lease " + name);
        leases.add(new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void readLease(int node, String name) {
        calls.add("read lease " + name);
    }

    @Override
    public void watchPods(int node, String name) {
        calls.add("watch " + name);
    }

    @Override
    public void patchPod(int node, PodView pod, ObjectNode patch) {
        calls.add("pod " + pod.name() + " " + patch.path("status").path("phase").asString(""));
        podPatches.add(patch);
    }

    @Override
    public void deletePod(int node, PodView pod) {
        calls.add("delete " + pod.name());
    }

    @Override
    public void podEvent(String node, PodView pod, String container, boolean init, String reason, String message) {
        events.add(pod.name() + "/" + container + " " + reason + ": " + message);
    }

    @Override
    public void nodeEvent(String node, String uid, String reason, String message) {
        events.add(node + " " + reason + ": " + message);
    }

    /** What was called since the last time this was asked. */
    List<String> take() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }
}
