package io.myriad.apiserver.bootstrap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Makes the objects that every cluster has: namespaces, RBAC's default roles and bindings, priority classes, flow control,
 * API services, and the {@code kubernetes} service with its address. Objects that are there are left alone, but for
 * default roles and bindings that allow it by annotation: what is missing from them is added, as an upgrade needs it.
 *
 * <p>The objects are a table, {@code objects.jsonl}, recorded from the real server. Several API servers may do this at
 * the same time.
 */
public final class Bootstrap {
    private static final String TABLE = "objects.jsonl";
    private static final String AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";
    private static final int CONCURRENT_WRITES = 32;
    private static final String CLIENT_TRUST = "extension-apiserver-authentication";
    /** Since when uses of service accounts' eternal tokens are noted: the controller that deletes unused ones reads it. */
    private static final String TOKEN_TRACKING = "kube-apiserver-legacy-service-account-token-tracking";
    private static final GroupVersionResource CONFIG_MAPS = new GroupVersionResource("", "v1", "configmaps");
    private static final GroupVersionResource SERVICES = new GroupVersionResource("", "v1", "services");
    private static final GroupVersionResource SERVICE_CIDRS = new GroupVersionResource("networking.k8s.io", "v1",
            "servicecidrs");
    private static final Logger log = LoggerFactory.getLogger(Bootstrap.class);

    /**
     * What depends on how the server was started.
     *
     * @param serviceAddress the address of the {@code kubernetes} service, the first of the service range
     * @param serviceRange the service range in CIDR form
     * @param securePort the API server's port
     * @param clientTrust the data of the config map that tells which clients to trust, empty for none
     * @param moreObjects a file with further objects of this installation, in the form of the table, or null
     */
    public record Settings(String serviceAddress, String serviceRange, int securePort,
            Map<String, String> clientTrust, @Nullable Path moreObjects) {}

    private record Entry(GroupVersionResource resource, String namespace, String name, ObjectNode object) {}

    private final ObjectLookup lookup;
    private final ObjectWriter writer;
    private final Settings settings;
    private final InstantSource clock;

    public Bootstrap(ObjectLookup lookup, ObjectWriter writer, Settings settings, InstantSource clock) {
        this.lookup = lookup;
        this.writer = writer;
        this.settings = settings;
        this.clock = clock;
    }

    /** The rules of a default cluster role, by its name. */
    public static ObjectNode defaultClusterRole(String name) {
        return table().stream()
                .filter(entry -> entry.resource.resource().equals("clusterroles") && entry.name.equals(name))
                .findFirst().orElseThrow().object;
    }

    /** Makes what is missing; returns when everything is there. Throws a StatusException when the store fails. */
    public void run() {
        List<Entry> entries = table();
        // Namespaces first: everything else lives in them.
        List<Entry> namespaces = entries.stream().filter(entry -> entry.resource.resource().equals("namespaces"))
                .toList();
        List<Entry> others = new ArrayList<>(entries);
        others.removeAll(namespaces);
        others.add(serviceRange());
        others.add(tokenTracking());
        if (!settings.clientTrust.isEmpty()) {
            others.add(clientTrust());
        }
        others.addAll(moreObjects());
        int made = ensureAll(namespaces) + ensureAll(others) + ensureAll(List.of(service()));
        if (made > 0) {
            log.info("Made {} objects that every cluster has", made);
        }
    }

    private int ensureAll(List<Entry> entries) {
        Semaphore permits = new Semaphore(CONCURRENT_WRITES);
        int made = 0;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = new ArrayList<>(entries.size());
            for (Entry entry : entries) {
                Callable<Boolean> task = () -> {
                    permits.acquire();
                    try {
                        return ensure(entry);
                    } finally {
                        permits.release();
                    }
                };
                results.add(executor.submit(task));
            }
            for (Future<Boolean> result : results) {
                made += result.get() ? 1 : 0;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof StatusException status
                    ? status
                    : new IllegalStateException(failure.getCause());
        }
        return made;
    }

    private boolean ensure(Entry entry) {
        ObjectNode existing = lookup.cached(entry.resource, entry.namespace, entry.name);
        if (existing != null) {
            reconcile(entry, existing);
            return false;
        }
        ObjectNode object = entry.object.deepCopy();
        JsonNode conditions = object.path("status").path("conditions");
        conditions.forEach(condition -> ((ObjectNode) condition).put("lastTransitionTime",
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
        try {
            writer.create(entry.resource, entry.namespace, object.deepCopy());
        } catch (StatusException failure) {
            if (failure.status().reason() == StatusReason.ALREADY_EXISTS) {
                return false;
            }
            throw failure;
        }
        if (object.has("status")) {
            writeStatus(entry, object);
        }
        return true;
    }

    private void writeStatus(Entry entry, ObjectNode object) {
        ObjectNode current = lookup.current(entry.resource, entry.namespace, entry.name);
        if (current != null) {
            current.set("status", object.get("status"));
            updateUnlessChanged(() -> writer.updateStatus(entry.resource, entry.namespace, current));
        }
    }

    /**
     * Adds the rules or subjects that a default role or binding lacks, when its annotation allows that, brings what is told
     * of trusted clients up to date, and mends the date since when tokens are tracked.
     */
    private void reconcile(Entry entry, ObjectNode existing) {
        if (entry.resource.equals(CONFIG_MAPS) && entry.name.equals(CLIENT_TRUST)) {
            // The files may be others than when it was written.
            if (!existing.path("data").equals(entry.object.path("data"))) {
                existing.set("data", entry.object.path("data").deepCopy());
                updateUnlessChanged(() -> writer.update(entry.resource, entry.namespace, existing));
            }
            return;
        }
        if (entry.resource.equals(CONFIG_MAPS) && entry.name.equals(TOKEN_TRACKING)) {
            if (!isDate(existing.path("data").path("since").asString(""))) {
                existing.withObjectProperty("data").set("since", entry.object.path("data").get("since"));
                updateUnlessChanged(() -> writer.update(entry.resource, entry.namespace, existing));
            }
            return;
        }
        String list = switch (entry.resource.resource()) {
            case "clusterroles", "roles" -> "rules";
            case "clusterrolebindings", "rolebindings" -> "subjects";
            default -> "";
        };
        boolean allowed = existing.path("metadata").path("annotations").path(AUTO_UPDATE).stringValue("")
                .equals("true");
        if (list.isEmpty() || !allowed || existing.has("aggregationRule")) {
            return;
        }
        List<JsonNode> missing = new ArrayList<>();
        for (JsonNode wanted : entry.object.path(list)) {
            if (existing.path(list).valueStream().noneMatch(wanted::equals)) {
                missing.add(wanted);
            }
        }
        if (!missing.isEmpty()) {
            ArrayNode target = existing.withArrayProperty(list);
            missing.forEach(target::add);
            updateUnlessChanged(() -> writer.update(entry.resource, entry.namespace, existing));
        }
    }

    /** Another API server that does the same at the same time is no failure. */
    private static void updateUnlessChanged(Runnable update) {
        try {
            update.run();
        } catch (StatusException failure) {
            if (failure.status().reason() != StatusReason.CONFLICT) {
                throw failure;
            }
        }
    }

    private Entry clientTrust() {
        ObjectNode object = named("v1", "ConfigMap", CLIENT_TRUST);
        object.withObjectProperty("metadata").put("namespace", "kube-system");
        ObjectNode data = object.putObject("data");
        settings.clientTrust.forEach(data::put);
        return new Entry(CONFIG_MAPS, "kube-system", CLIENT_TRUST, object);
    }

    private Entry tokenTracking() {
        ObjectNode object = named("v1", "ConfigMap", TOKEN_TRACKING);
        object.withObjectProperty("metadata").put("namespace", "kube-system");
        object.putObject("data").put("since", LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString());
        return new Entry(CONFIG_MAPS, "kube-system", TOKEN_TRACKING, object);
    }

    private static boolean isDate(String text) {
        try {
            LocalDate.parse(text);
            return true;
        } catch (DateTimeParseException other) {
            return false;
        }
    }

    private Entry service() {
        ObjectNode object = named("v1", "Service", "kubernetes");
        object.withObjectProperty("metadata").put("namespace", "default").putObject("labels")
                .put("component", "apiserver").put("provider", "kubernetes");
        ObjectNode spec = object.putObject("spec");
        spec.put("clusterIP", settings.serviceAddress).putArray("clusterIPs").add(settings.serviceAddress);
        spec.putArray("ports").addObject().put("name", "https").put("port", 443).put("protocol", "TCP")
                .put("targetPort", settings.securePort);
        spec.put("sessionAffinity", "None").put("type", "ClusterIP");
        return new Entry(SERVICES, "default", "kubernetes", object);
    }

    private Entry serviceRange() {
        ObjectNode object = named("networking.k8s.io/v1", "ServiceCIDR", "kubernetes");
        object.putObject("spec").putArray("cidrs").add(settings.serviceRange);
        object.putObject("status").putArray("conditions").addObject().put("type", "Ready").put("status", "True")
                .put("reason", "").put("message", "Kubernetes Service CIDR is ready");
        return new Entry(SERVICE_CIDRS, "", "kubernetes", object);
    }

    private static ObjectNode named(String apiVersion, String kind, String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("apiVersion", apiVersion).put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }

    private static List<Entry> table() {
        List<Entry> entries = new ArrayList<>();
        try (InputStream in = Bootstrap.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException("the table " + TABLE + " is missing from the class path");
            }
            read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)), entries);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return entries;
    }

    private List<Entry> moreObjects() {
        List<Entry> entries = new ArrayList<>();
        if (settings.moreObjects != null) {
            try (BufferedReader lines = Files.newBufferedReader(settings.moreObjects)) {
                read(lines, entries);
            } catch (IOException | JacksonException failure) {
                throw new IllegalStateException("cannot read the objects in " + settings.moreObjects + ": "
                        + failure.getMessage(), failure);
            }
        }
        return entries;
    }

    private static void read(BufferedReader lines, List<Entry> entries) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            entries.add(entry(JsonMapper.shared().readTree(line)));
        }
    }

    private static Entry entry(JsonNode row) {
        ObjectNode object = (ObjectNode) row.path("object");
        GroupVersionKind kind = GroupVersionKind.of(object.path("apiVersion").stringValue(""),
                object.path("kind").stringValue(""));
        JsonNode metadata = object.path("metadata");
        return new Entry(new GroupVersionResource(kind.group(), kind.version(), row.path("resource").stringValue("")),
                metadata.path("namespace").stringValue(""), metadata.path("name").stringValue(""), object);
    }
}
