package io.myriad.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.Credential;
import io.myriad.certificates.KeyPairs;
import io.myriad.certificates.Pem;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A cluster's certificates, in the layout that kubeadm uses: three authorities (cluster, store, front proxy), a certificate per server and client, the key pair that
 * signs service accounts' tokens, and a kubeconfig file per client of the API.
 *
 * @param directory
 *            where the files are
 */
public record Pki(Path directory) {
    /** Addresses of services; the first one is the API server's own. */
    static final String SERVICE_RANGE = "10.96.0.0/16";
    private static final String API_SERVICE_ADDRESS = "10.96.0.1";
    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");
    private static final List<String> API_SERVICE_NAMES = List.of("kubernetes", "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local", API_SERVICE_ADDRESS);
    /** What is left of a certificate when it is renewed; a running cluster must not outlive it unnoticed. */
    private static final Duration RENEWAL = Duration.ofDays(90);

    /** Who signs. */
    public enum Authority {
        /** Servers and clients of the API. */
        CLUSTER("ca", "myriad-ca"),
        /** The store's members and its clients. */
        STORE("etcd/ca", "myriad-store-ca"),
        /** Proxies in front of the API server that authenticate users for it. */
        FRONT_PROXY("front-proxy-ca", "myriad-front-proxy-ca");

        private final String file;
        private final String commonName;

        Authority(String file, String commonName) {
            this.file = file;
            this.commonName = commonName;
        }
    }

    /** Who is identified. The names of the API's clients are those that the bootstrap roles are bound to. */
    public enum Identity {
        /** The store's API. */
        STORE_SERVER("etcd/server", Authority.STORE, Usage.PEER, "myriad-store"),
        /** The store's members among themselves. */
        STORE_PEER("etcd/peer", Authority.STORE, Usage.PEER, "myriad-store-peer"),
        /** The API server at the store. */
        STORE_CLIENT("apiserver-etcd-client", Authority.STORE, Usage.CLIENT, "kube-apiserver-etcd-client"),
        /** The API server. */
        APISERVER("apiserver", Authority.CLUSTER, Usage.API_SERVER, "kube-apiserver"),
        /** The controllers, the scheduler and the nodes as servers, of health and metrics. */
        COMPONENT("component", Authority.CLUSTER, Usage.SERVER, "myriad-component"),
        /** The API server at extension API servers. */
        FRONT_PROXY_CLIENT("front-proxy-client", Authority.FRONT_PROXY, Usage.CLIENT, "front-proxy-client"),
        /** The user who created the cluster. */
        ADMIN("admin", Authority.CLUSTER, Usage.API_CLIENT, "kubernetes-admin", "system:masters"),
        /** The controllers. */
        CONTROLLER("controller-manager", Authority.CLUSTER, Usage.API_CLIENT, "system:kube-controller-manager"),
        /** The scheduler. */
        SCHEDULER("scheduler", Authority.CLUSTER, Usage.API_CLIENT, "system:kube-scheduler"),
        /** Prometheus; the group may read metrics. */
        MONITORING("monitoring", Authority.CLUSTER, Usage.API_CLIENT, "myriad:monitoring", "system:monitoring"),
        /** The process that plays all nodes; see {@code docs/decisions/0010-hollow-nodes-identity.md}. */
        HOLLOW_NODES("hollow-nodes", Authority.CLUSTER, Usage.API_CLIENT, "myriad:hollow-nodes", "myriad:hollow-nodes");

        private final String file;
        private final Authority authority;
        private final Usage usage;
        private final String commonName;
        private final List<String> groups;

        Identity(String file, Authority authority, Usage usage, String commonName, String... groups) {
            this.file = file;
            this.authority = authority;
            this.usage = usage;
            this.commonName = commonName;
            this.groups = List.of(groups);
        }

        /** The name in its certificate. */
        public String commonName() {
            return commonName;
        }
    }

    private enum Usage {
        PEER, CLIENT, SERVER, API_SERVER, API_CLIENT
    }

    /**
     * What the certificates are made for.
     *
     * @param storeHosts
     *            names and addresses of the stores, beside those of the loopback interface
     * @param apiServerHosts
     *            names and addresses of the API servers, beside those of the loopback interface and of the service {@code kubernetes}
     * @param serverUrl
     *            the API server's URL in the kubeconfig files
     * @param contextName
     *            the context's name in them
     */
    public record Request(List<String> storeHosts, List<String> apiServerHosts, String serverUrl, String contextName) {}

    /** An authority's certificate. */
    public Path certificate(Authority authority) {
        return directory.resolve(authority.file + ".crt");
    }

    /** An identity's certificate. */
    public Path certificate(Identity identity) {
        return directory.resolve(identity.file + ".crt");
    }

    /** An identity's private key. */
    public Path key(Identity identity) {
        return directory.resolve(identity.file + ".key");
    }

    /** The kubeconfig file of a client of the API. */
    public Path kubeconfig(Identity identity) {
        return directory.resolve(identity.file + ".conf");
    }

    /** The private key that signs service accounts' tokens. */
    public Path serviceAccountKey() {
        return directory.resolve("sa.key");
    }

    /** The public key that verifies them. */
    public Path serviceAccountPublicKey() {
        return directory.resolve("sa.pub");
    }

    /**
     * Makes what is not there, and renews certificates that end within three months. Authorities and the service accounts' keys are never replaced: others rely on
     * them.
     */
    public void ensure(Request request, InstantSource clock) throws IOException {
        ensureServices(request, clock);
        ensureUser(request, clock, KeyPairs::generateRsa);
    }

    /** Where the user's keys come from. */
    public interface KeySource {
        KeyPair keys() throws IOException;
    }

    /** The part of {@link #ensure} that the services need. */
    public void ensureServices(Request request, InstantSource clock) throws IOException {
        Files.createDirectories(directory.resolve("etcd"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Map<Authority, CertificateAuthority> authorities = new EnumMap<>(Authority.class);
        for (Authority authority : Authority.values()) {
            authorities.put(authority, ensure(authority, clock));
        }
        for (Identity identity : Identity.values()) {
            CertificateAuthority authority = authorities.get(identity.authority);
            if (identity != Identity.ADMIN && authority != null && needsIssue(identity, clock)) {
                write(identity, issue(authority, identity, request), authority, request);
            }
        }
        if (!Files.exists(serviceAccountPublicKey())) {
            KeyPair keys = KeyPairs.generate();
            Pem.writeSecret(serviceAccountKey(), Pem.encode(keys.getPrivate()));
            Pem.writePublic(serviceAccountPublicKey(), Pem.encode(keys.getPublic()));
        }
    }

    /**
     * The other part: what the user who created the cluster needs. A new key takes up to two seconds, which services need
     * not wait for. After {@link #ensureServices}; no two threads may be here at a time.
     */
    public void ensureUser(Request request, InstantSource clock, KeySource keys) throws IOException {
        if (needsIssue(Identity.ADMIN, clock)) {
            CertificateAuthority authority = ensure(Identity.ADMIN.authority, clock);
            Credential user = authority.issueUser(keys.keys(), Identity.ADMIN.commonName, Identity.ADMIN.groups);
            write(Identity.ADMIN, user, authority, request);
        }
    }

    private CertificateAuthority ensure(Authority authority, InstantSource clock) throws IOException {
        Path certificate = certificate(authority);
        Path key = directory.resolve(authority.file + ".key");
        if (Files.exists(certificate)) {
            return CertificateAuthority.of(Credential.read(certificate, key), clock);
        }
        CertificateAuthority created = CertificateAuthority.create(authority.commonName, clock);
        created.credential().write(certificate, key);
        return created;
    }

    private boolean needsIssue(Identity identity, InstantSource clock) throws IOException {
        Path file = identity.usage == Usage.API_CLIENT ? kubeconfig(identity) : certificate(identity);
        if (!Files.exists(file)) {
            return true;
        }
        X509Certificate certificate = Pem.readCertificate(certificate(identity));
        return certificate.getNotAfter().toInstant().isBefore(clock.instant().plus(RENEWAL));
    }

    private static Credential issue(CertificateAuthority authority, Identity identity, Request request) {
        return switch (identity.usage) {
            case PEER -> authority.issuePeer(identity.commonName, join(LOOPBACK, request.storeHosts()));
            case API_SERVER -> authority.issueServer(identity.commonName,
                    join(join(LOOPBACK, API_SERVICE_NAMES), request.apiServerHosts()));
            case SERVER -> authority.issueServer(identity.commonName, join(LOOPBACK, request.apiServerHosts()));
            case CLIENT, API_CLIENT -> authority.issueClient(identity.commonName, identity.groups);
        };
    }

    private void write(Identity identity, Credential credential, CertificateAuthority authority, Request request)
            throws IOException {
        credential.write(certificate(identity), key(identity));
        if (identity.usage == Usage.API_CLIENT) {
            Pem.writeSecret(kubeconfig(identity), kubeconfig(credential, authority, request));
        }
    }

    /** A kubeconfig file with everything in it, so that it can be copied elsewhere. */
    private static String kubeconfig(Credential credential, CertificateAuthority authority, Request request) {
        String name = request.contextName();
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    certificate-authority-data: %3$s
                    server: %2$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                users:
                - name: %1$s
                  user:
                    client-certificate-data: %4$s
                    client-key-data: %5$s
                current-context: %1$s
                """.formatted(name, request.serverUrl(), base64(authority.credential().certificatePem()),
                base64(credential.certificatePem()),
                base64(credential.privateKeyPem()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static List<String> join(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        second.stream().filter(host -> !all.contains(host)).forEach(all::add);
        return all;
    }
}
