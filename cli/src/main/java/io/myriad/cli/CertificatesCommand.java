package io.myriad.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.api.ApiClient;
import io.myriad.cli.api.SecretFiles;
import io.myriad.cli.cluster.BootstrapObjects;
import io.myriad.cli.cluster.Pki;

/**
 * {@code certificates DIR}: the certificates of a cluster whose services somebody else starts. What is there already
 * stays, in the directory or, in a pod, in the Secret.
 */
final class CertificatesCommand implements Action {
    private static final String SERVICE_ACCOUNT_VARIABLE = "MYRIAD_SERVICE_ACCOUNT";
    private static final String SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

    @Override
    public void run(ParseResult arguments, Session session) throws IOException {
        List<String> hosts = arguments.matchedOptionValue(Commands.HOST, List.of());
        String secretName = arguments.matchedOptionValue(Commands.SECRET, "");
        Path directory = Path.of(Commands.argument(arguments)).toAbsolutePath().normalize();
        Pki.Request request = new Pki.Request(hosts, hosts, arguments.matchedOptionValue(Commands.SERVER, ""),
                "myriad-" + Commands.clusterName(arguments, session));
        Optional<SecretFiles> secret = secretName.isEmpty()
                ? Optional.empty()
                : Optional.of(secret(secretName, session.environment()));
        Files.createDirectories(directory);
        if (secret.isPresent()) {
            secret.get().download(directory);
        }
        new Pki(directory).ensure(request, session.clock());
        BootstrapObjects.write(directory.resolve(BootstrapObjects.FILE));
        if (secret.isPresent()) {
            secret.get().upload(directory);
        }
        session.terminal().err().println("Certificates and kubeconfig files are in "
                + (secret.isPresent() ? "the Secret " + secretName : directory));
    }

    private static SecretFiles secret(String name, Map<String, String> environment) throws IOException {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host == null) {
            throw new UserError(Commands.SECRET + " works in a pod only: there is no KUBERNETES_SERVICE_HOST");
        }
        Path serviceAccount = Path.of(environment.getOrDefault(SERVICE_ACCOUNT_VARIABLE, SERVICE_ACCOUNT));
        String url = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        return new SecretFiles(ApiClient.ofPod(url, serviceAccount),
                Files.readString(serviceAccount.resolve("namespace")).strip(), name);
    }
}
