package io.myriad.apiserver.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;

/** The columns of services, their endpoints, ingresses and addresses. */
final class NetworkColumns {
    private static final int SHOWN_ENDPOINTS = 3;
    private static final int SHOWN_HOSTS = 3;

    private NetworkColumns() {}

    static Columns<Row> services() {
        return Columns.named().text("Type", row -> row.text("spec", "type"))
                .text("Cluster-IP", NetworkColumns::clusterAddress)
                .text("External-IP", NetworkColumns::externalAddress).text("Port(s)", NetworkColumns::servicePorts)
                .age(Row::age).wide().text("Selector", row -> row.labels("spec", "selector"));
    }

    private static String clusterAddress(Row row) {
        JsonNode addresses = row.at("spec", "clusterIPs");
        return addresses.isEmpty() ? Row.NONE : Row.string(addresses.get(0));
    }

    private static String externalAddress(Row row) {
        List<String> external = new ArrayList<>();
        row.at("spec", "externalIPs").forEach(address -> external.add(Row.string(address)));
        return switch (row.text("spec", "type")) {
            case "ClusterIP", "NodePort" -> external.isEmpty() ? Row.NONE : String.join(",", external);
            case "LoadBalancer" -> {
                List<String> all = new ArrayList<>(loadBalancerAddresses(row));
                all.addAll(external);
                yield all.isEmpty() ? "<pending>" : String.join(",", all);
            }
            case "ExternalName" -> row.text("spec", "externalName");
            default -> Ages.UNKNOWN;
        };
    }

    private static TreeSet<String> loadBalancerAddresses(Row row) {
        TreeSet<String> addresses = new TreeSet<>();
        for (JsonNode ingress : row.at("status", "loadBalancer", "ingress")) {
            String address = Row.string(ingress.path("ip"));
            String host = Row.string(ingress.path("hostname"));
            if (!address.isEmpty() || !host.isEmpty()) {
                addresses.add(address.isEmpty() ? host : address);
            }
        }
        return addresses;
    }

    private static String servicePorts(Row row) {
        String ports = row.join(port -> {
            long nodePort = port.path("nodePort").longValue(0);
            return port.path("port").longValue(0) + (nodePort > 0 ? ":" + nodePort : "") + "/"
                    + Row.string(port.path("protocol"));
        }, "spec", "ports");
        return ports.isEmpty() ? Row.NONE : ports;
    }

    static Columns<Row> endpoints() {
        return Columns.named().text("Endpoints", NetworkColumns::endpointAddresses).age(Row::age);
    }

    private static String endpointAddresses(Row row) {
        if (row.at("subsets").isEmpty()) {
            return Row.NONE;
        }
        List<String> addresses = new ArrayList<>();
        for (JsonNode subset : row.at("subsets")) {
            if (subset.path("ports").isEmpty()) {
                subset.path("addresses").forEach(address -> addresses.add(Row.string(address.path("ip"))));
            }
            for (JsonNode port : subset.path("ports")) {
                for (JsonNode address : subset.path("addresses")) {
                    addresses.add(hostAndPort(Row.string(address.path("ip")), port.path("port").longValue(0)));
                }
            }
        }
        return Row.abbreviate(addresses, SHOWN_ENDPOINTS);
    }

    private static String hostAndPort(String host, long port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    static Columns<Row> endpointSlices() {
        return Columns.named().text("AddressType", row -> row.text("addressType"))
                .text("Ports", NetworkColumns::slicePorts).text("Endpoints", NetworkColumns::sliceAddresses)
                .age(Row::age);
    }

    private static String slicePorts(Row row) {
        List<String> ports = new ArrayList<>();
        for (JsonNode port : row.at("ports")) {
            String number = Row.string(port.path("port"));
            String name = Row.string(port.path("name"));
            ports.add(!number.isEmpty() ? number : port.has("name") ? name : "*");
        }
        return orUnset(Row.abbreviate(ports, SHOWN_ENDPOINTS));
    }

    private static String sliceAddresses(Row row) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode endpoint : row.at("endpoints")) {
            endpoint.path("addresses").forEach(address -> addresses.add(Row.string(address)));
        }
        return orUnset(Row.abbreviate(addresses, SHOWN_ENDPOINTS));
    }

    private static String orUnset(String text) {
        return text.isEmpty() ? Row.UNSET : text;
    }

    static Columns<Row> ingresses() {
        return Columns.named().text("Class", row -> row.textOr(Row.NONE, "spec", "ingressClassName"))
                .text("Hosts", NetworkColumns::hosts)
                .text("Address", row -> String.join(",", loadBalancerAddresses(row)))
                .text("Ports", row -> row.at("spec", "tls").isEmpty() ? "80" : "80, 443").age(Row::age);
    }

    /** The first hosts; rules beyond the last one shown are counted whether they have a host or not. */
    private static String hosts(Row row) {
        List<String> hosts = new ArrayList<>();
        JsonNode rules = row.at("spec", "rules");
        boolean more = false;
        for (JsonNode rule : rules) {
            more |= hosts.size() == SHOWN_HOSTS;
            String host = Row.string(rule.path("host"));
            if (!more && !host.isEmpty()) {
                hosts.add(host);
            }
        }
        if (hosts.isEmpty()) {
            return "*";
        }
        String text = String.join(",", hosts);
        return more ? text + " + " + (rules.size() - SHOWN_HOSTS) + " more..." : text;
    }

    static Columns<Row> ingressClasses() {
        return Columns.of(row -> row)
                .name(row -> row.text("metadata", "annotations", "ingressclass.kubernetes.io/is-default-class")
                        .equals("true") ? row.name() + " (default)" : row.name())
                .text("Controller", row -> row.text("spec", "controller"))
                .text("Parameters", NetworkColumns::classParameters).age(Row::age);
    }

    private static String classParameters(Row row) {
        if (!row.has("spec", "parameters")) {
            return Row.NONE;
        }
        String group = row.text("spec", "parameters", "apiGroup");
        return row.text("spec", "parameters", "kind") + (group.isEmpty() ? "" : "." + group) + "/"
                + row.text("spec", "parameters", "name");
    }

    static Columns<Row> networkPolicies() {
        return Columns.named()
                .text("Pod-Selector", row -> row.has("spec", "podSelector")
                        ? row.selector("spec", "podSelector")
                        : Row.NONE)
                .age(Row::age);
    }

    static Columns<Row> serviceCidrs() {
        return Columns.named().text("CIDRs", row -> row.join(Row::string, "spec", "cidrs")).age(Row::age);
    }

    static Columns<Row> ipAddresses() {
        return Columns.named().text("ParentRef", NetworkColumns::parent).age(Row::age);
    }

    private static String parent(Row row) {
        if (!row.has("spec", "parentRef")) {
            return Row.NONE;
        }
        String group = row.text("spec", "parentRef", "group");
        String resource = row.text("spec", "parentRef", "resource");
        String namespace = row.text("spec", "parentRef", "namespace");
        return (group.isEmpty() ? resource : resource + "." + group).toLowerCase(Locale.ROOT)
                + (namespace.isEmpty() ? "" : "/" + namespace) + "/" + row.text("spec", "parentRef", "name");
    }
}
