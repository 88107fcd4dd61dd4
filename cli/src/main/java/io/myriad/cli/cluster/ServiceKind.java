package io.myriad.cli.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.myriad.cli.settings.ClusterSize;

/**
 * The services: the one table that knows their programs and flags. All of them take upstream's flags, in the form {@code --flag=value}.
 *
 * <p>
 * The order is that of dependence: a service needs those above it, and is stopped before them.
 */
public enum ServiceKind {
    /** etcd's part. */
    STORE("store", "io.myriad.store.StoreApplication", List.of(Port.CLIENT, Port.PEER, Port.MANAGEMENT)) {
        @Override
        public int count(ClusterSize size) {
            return size.stores();
        }

        @Override
        List<String> flags(Cluster cluster, Component component) {
            Pki pki = cluster.directory().pki();
            String clientUrl = cluster.url(component, Port.CLIENT);
            String peerUrl = cluster.url(component, Port.PEER);
            String members = cluster.components(STORE).map(store -> store.name() + "=" + cluster.url(store, Port.PEER))
                    .collect(Collectors.joining(","));
            return List.of("--name=" + component.name(),
                    "--data-dir=" + cluster.directory().data().resolve(component.name()),
                    "--listen-client-urls=" + clientUrl,
                    "--advertise-client-urls=" + clientUrl, "--listen-peer-urls=" + peerUrl,
                    "--initial-advertise-peer-urls=" + peerUrl,
                    "--initial-cluster=" + members, "--initial-cluster-state=new",
                    "--initial-cluster-token=myriad-" + cluster.name(),
                    "--cert-file=" + pki.certificate(Pki.Identity.STORE_SERVER),
                    "--key-file=" + pki.key(Pki.Identity.STORE_SERVER),
                    "--trusted-ca-file=" + pki.certificate(Pki.Authority.STORE), "--client-cert-auth=true",
                    "--peer-cert-file=" + pki.certificate(Pki.Identity.STORE_PEER),
                    "--peer-key-file=" + pki.key(Pki.Identity.STORE_PEER),
                    "--peer-trusted-ca-file=" + pki.certificate(Pki.Authority.STORE), "--peer-client-cert-auth=true",
                    management(cluster, component));
        }
    },
    /** kube-apiserver's part. */
    APISERVER("apiserver", "io.myriad.apiserver.ApiserverApplication", List.of(Port.SECURE, Port.MANAGEMENT)) {
        @Override
        public int count(ClusterSize size) {
            return size.apiservers();
        }

        @Override
        List<String> flags(Cluster cluster, Component component) {
            Pki pki = cluster.directory().pki();
            String stores = cluster.components(STORE).map(store -> cluster.size().inOneProcess()
                    ? "in-process://" + Cluster.ADDRESS + ":" + cluster.port(store, Port.CLIENT)
                    : cluster.url(store, Port.CLIENT)).collect(Collectors.joining(","));
            return List.of("--etcd-servers=" + stores, "--etcd-cafile=" + pki.certificate(Pki.Authority.STORE),
                    "--etcd-certfile=" + pki.certificate(Pki.Identity.STORE_CLIENT),
                    "--etcd-keyfile=" + pki.key(Pki.Identity.STORE_CLIENT),
                    "--bind-address=" + Cluster.ADDRESS, "--secure-port=" + cluster.port(component, Port.SECURE),
                    "--advertise-address=" + Cluster.ADDRESS,
                    "--tls-cert-file=" + pki.certificate(Pki.Identity.APISERVER),
                    "--tls-private-key-file=" + pki.key(Pki.Identity.APISERVER),
                    "--client-ca-file=" + pki.certificate(Pki.Authority.CLUSTER),
                    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                    "--service-account-key-file=" + pki.serviceAccountPublicKey(),
                    "--service-account-signing-key-file=" + pki.serviceAccountKey(),
                    "--requestheader-client-ca-file=" + pki.certificate(Pki.Authority.FRONT_PROXY),
                    "--requestheader-allowed-names=" + Pki.Identity.FRONT_PROXY_CLIENT.commonName(),
                    "--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
                    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                    "--proxy-client-cert-file=" + pki.certificate(Pki.Identity.FRONT_PROXY_CLIENT),
                    "--proxy-client-key-file=" + pki.key(Pki.Identity.FRONT_PROXY_CLIENT),
                    "--service-cluster-ip-range=" + Pki.SERVICE_RANGE, "--authorization-mode=Node,RBAC",
                    "--allow-privileged=true",
                    "--bootstrap-objects=" + cluster.directory().bootstrapObjects(),
                    management(cluster, component));
        }
    },
    /** kube-controller-manager's part. */
    CONTROLLER("controller", "io.myriad.controller.ControllerApplication", List.of(Port.SECURE, Port.MANAGEMENT)) {
        @Override
        public int count(ClusterSize size) {
            return size.controllers();
        }

        @Override
        List<String> flags(Cluster cluster, Component component) {
            Pki pki = cluster.directory().pki();
            List<String> own = new ArrayList<>(leaderElection(component));
            own.add("--service-account-private-key-file=" + pki.serviceAccountKey());
            own.add("--root-ca-file=" + pki.certificate(Pki.Authority.CLUSTER));
            return client(cluster, component, Pki.Identity.CONTROLLER, own);
        }
    },
    /** kube-scheduler's part. */
    SCHEDULER("scheduler", "io.myriad.scheduler.SchedulerApplication", List.of(Port.SECURE, Port.MANAGEMENT)) {
        @Override
        public int count(ClusterSize size) {
            return size.schedulers();
        }

        @Override
        List<String> flags(Cluster cluster, Component component) {
            return client(cluster, component, Pki.Identity.SCHEDULER, leaderElection(component));
        }
    },
    /** The kubelets' part: one process for all nodes. */
    HOLLOW_NODES("hollow-nodes", "io.myriad.hollow.HollowNodeApplication", List.of(Port.SECURE, Port.MANAGEMENT)) {
        @Override
        public int count(ClusterSize size) {
            return size.nodes() > 0 ? 1 : 0;
        }

        @Override
        List<String> flags(Cluster cluster, Component component) {
            return client(cluster, component, Pki.Identity.HOLLOW_NODES,
                    List.of("--nodes=" + cluster.size().nodes(), "--node-name-prefix=" + Cluster.NODE_NAME_PREFIX));
        }
    };

    private final String key;
    private final String mainClass;
    private final List<Port> ports;

    ServiceKind(String key, String mainClass, List<Port> ports) {
        this.key = key;
        this.mainClass = mainClass;
        this.ports = ports;
    }

    /** The service's name for users, in logs and in the arguments of the all-in-one process. */
    public String key() {
        return key;
    }

    /** The class that starts it as a process of its own. */
    public String mainClass() {
        return mainClass;
    }

    /** What each instance listens on. */
    public List<Port> ports() {
        return ports;
    }

    /** How many instances a cluster of this size has. */
    public abstract int count(ClusterSize size);

    /** The flags of one instance. */
    abstract List<String> flags(Cluster cluster, Component component);

    private static String management(Cluster cluster, Component component) {
        return "--management-port=" + cluster.port(component, Port.MANAGEMENT);
    }

    /** The flags of a client of the API server: what all have in common around its own. */
    private static List<String> client(Cluster cluster, Component component, Pki.Identity identity, List<String> own) {
        Pki pki = cluster.directory().pki();
        List<String> flags = new ArrayList<>(
                List.of(kubeconfig(cluster, identity), servers(cluster, component)));
        flags.addAll(own);
        flags.addAll(List.of("--bind-address=" + Cluster.ADDRESS,
                "--secure-port=" + cluster.port(component, Port.SECURE),
                "--tls-cert-file=" + pki.certificate(Pki.Identity.COMPONENT),
                "--tls-private-key-file=" + pki.key(Pki.Identity.COMPONENT),
                "--client-ca-file=" + pki.certificate(Pki.Authority.CLUSTER), management(cluster, component)));
        return flags;
    }

    private static String kubeconfig(Cluster cluster, Pki.Identity identity) {
        return "--kubeconfig=" + cluster.directory().pki().kubeconfig(identity);
    }

    /** Every replica begins with another API server, so that they share the load and do not move all at once. */
    private static String servers(Cluster cluster, Component component) {
        List<String> urls = cluster.apiServerUrls();
        int first = (component.number() - 1) % urls.size();
        return "--servers=" + String.join(",", urls.subList(first, urls.size()))
                + (first == 0 ? "" : "," + String.join(",", urls.subList(0, first)));
    }

    /**
     * A single replica has nobody to compete with; after a crash it need not wait until its own lease has expired. Of
     * several, another one is to work within 15 s of the leader's death, see docs/performance/hand-over.md.
     */
    private static List<String> leaderElection(Component component) {
        return component.count() == 1
                ? List.of("--leader-elect=false")
                : List.of("--leader-elect=true", "--leader-elect-lease-duration=12s",
                        "--leader-elect-renew-deadline=8s");
    }
}
