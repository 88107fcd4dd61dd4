package io.myriad.apiserver.kind;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/** Endpoint slices, ingresses, network policies, and the objects that hold addresses. */
final class NetworkKinds {
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

    private NetworkKinds() {}

    static Strategy endpointSlice() {
        return DeclaredStrategy.plain().generation().defaults(slice -> {
            for (JsonNode port : slice.path("ports")) {
                if (port instanceof ObjectNode object) {
                    if (Defaults.absent(object, "name")) {
                        object.put("name", "");
                    }
                    Defaults.text(object, "protocol", "TCP");
                }
            }
        }).rules(check -> {
            Check type = check.at("addressType").required().oneOf("FQDN", "IPv4", "IPv6");
            check.at("endpoints").items(endpoint -> {
                Check addresses = endpoint.at("addresses").required("must contain at least 1 address");
                addresses.items(address -> address(addresses, address, type.text()));
                endpoint.at("hostname").named(Names::dns1123Label);
                endpoint.at("nodeName").named(Names::dns1123Subdomain);
            });
            Check ports = check.at("ports");
            ports.items(port -> {
                port.at("name").named(Names::dns1123Label);
                port.at("protocol").required().oneOf(PROTOCOLS);
                port.at("appProtocol").named(Names::qualifiedName);
            });
            ports.unique("name", port -> port.path("name").stringValue(""));
        }).updateRules((check, old) -> check.at("addressType").unchanged(old.path("addressType")));
    }

    private static void address(Check addresses, Check address, String type) {
        switch (type) {
            case "IPv4", "IPv6" -> {
                InetAddress parsed = Addresses.parse(address.text());
                boolean other = parsed != null && Addresses.isV6(address.text()) != type.equals("IPv6");
                if (other) {
                    addresses.fresh().invalidKey(address.text(), "must be an " + type + " address");
                }
                Addresses.endpoint(address);
            }
            case "FQDN" -> address.named(Names::dns1123Subdomain);
            default -> {}
        }
    }

    static Strategy ingress() {
        return DeclaredStrategy.withStatus().generation().defaults(ingress -> {
            for (JsonNode rule : ingress.path("spec").path("rules")) {
                for (JsonNode path : rule.path("http").path("paths")) {
                    if (path instanceof ObjectNode object && object.path("pathType").stringValue("").isEmpty()) {
                        object.remove("pathType");
                    }
                }
            }
        }).rules(check -> {
            Check spec = check.at("spec");
            if (spec.at("rules").empty() && !spec.at("defaultBackend").present()) {
                spec.invalid("either `defaultBackend` or `rules` must be specified");
            }
            if (spec.at("defaultBackend").present()) {
                backend(spec.at("defaultBackend"));
            }
            spec.at("rules").items(NetworkKinds::ingressRule);
            spec.at("tls").items(tls -> tls.at("hosts").items(NetworkKinds::host));
            spec.at("ingressClassName").named(Names::dns1123Subdomain);
            Check annotation = check.at("annotations").at("kubernetes.io/ingress.class").on(
                    check.at("metadata").at("annotations").at("kubernetes.io/ingress.class").value());
            if (annotation.present() && spec.at("ingressClassName").present()) {
                annotation.invalid("can not be set when the class field is also set");
            }
        });
    }

    private static void ingressRule(Check rule) {
        Check host = rule.at("host");
        if (!host.empty()) {
            if (Addresses.parse(host.text()) != null) {
                host.invalid("must be a DNS name, not an IP address");
            } else {
                host(host);
            }
        }
        if (!rule.at("http").present()) {
            return;
        }
        rule.at("http").at("paths").required();
        rule.at("http").at("paths").items(path -> {
            Check type = path.at("pathType");
            if (type.empty()) {
                type.required("pathType must be specified");
            } else {
                type.oneOf("Exact", "ImplementationSpecific", "Prefix");
            }
            if (type.passed() && !type.is("ImplementationSpecific")) {
                Check text = path.at("path");
                boolean unclean = List.of(text.text().split("/")).stream()
                        .anyMatch(part -> part.equals("..") || part.equals(".")) || text.text().contains("//")
                        || text.text().toLowerCase(Locale.ROOT).contains("%2f");
                if (!text.text().startsWith("/")) {
                    text.invalid("must be an absolute path");
                } else if (unclean) {
                    text.invalid("must not contain '..', '.', '//' or '%2f'");
                }
            }
            backend(path.at("backend"));
        });
    }

    private static void host(Check host) {
        host.named(host.text().contains("*") ? Names::wildcardDns1123Subdomain : Names::dns1123Subdomain);
    }

    private static void backend(Check backend) {
        boolean resource = backend.at("resource").present();
        Check service = backend.at("service");
        if (resource && service.present()) {
            backend.invalid("cannot set both resource and service backends");
        } else if (!resource && !service.present()) {
            backend.add(FieldError.invalid(backend.path(), "", "resource or service backend is required"));
        }
        if (!service.present() || resource) {
            return;
        }
        service.at("name").required().named(Names::dns1035Label);
        Check port = service.at("port");
        boolean named = !port.at("name").empty();
        boolean numbered = port.at("number").number() != 0;
        if (named && numbered) {
            backend.invalid("cannot set both port name & port number");
        } else if (!named && !numbered) {
            backend.add(FieldError.required(backend.path(), "port name or number is required"));
        } else if (named) {
            port.at("name").named(Names::portName);
        } else {
            Names.portNumber(port.at("number").number()).forEach(message -> port.at("number").invalid(message));
        }
    }

    static Strategy ingressClass() {
        return DeclaredStrategy.plain().generation().defaults(object -> {
            if (object.path("spec").path("parameters") instanceof ObjectNode parameters) {
                Defaults.text(parameters, "scope", "Cluster");
            }
        }).rules(check -> {
            Check controller = check.at("spec").at("controller");
            boolean prefixed = controller.text().matches("[a-z0-9.-]+/.+");
            if (!prefixed && !controller.empty()) {
                controller.invalid("must be a domain-prefixed path (such as \"acme.io/foo\")");
            }
            Check parameters = check.at("spec").at("parameters");
            if (parameters.present()) {
                parameters.at("kind").required();
                parameters.at("name").required();
                parameters.at("scope").required().oneOf("Cluster", "Namespace");
                Check namespace = parameters.at("namespace");
                if (parameters.at("scope").is("Namespace")) {
                    namespace.required();
                } else if (!namespace.empty()) {
                    namespace.forbidden("should not be set when scope is set to Cluster");
                }
            }
        }).updateRules((check, old) -> check.at("spec").at("controller")
                .unchanged(old.path("spec").path("controller")));
    }

    static Strategy networkPolicy() {
        return DeclaredStrategy.plain().generation().defaults(policy -> {
            ObjectNode spec = Defaults.object(policy, "spec");
            for (String direction : new String[]{"ingress", "egress"}) {
                for (JsonNode rule : spec.path(direction)) {
                    for (JsonNode port : rule.path("ports")) {
                        if (port instanceof ObjectNode object) {
                            Defaults.text(object, "protocol", "TCP");
                        }
                    }
                }
            }
            if (spec.path("policyTypes").isEmpty()) {
                var types = spec.putArray("policyTypes").add("Ingress");
                if (!spec.path("egress").isEmpty()) {
                    types.add("Egress");
                }
            }
        }).rules(check -> {
            Check spec = check.at("spec");
            MetadataRules.selector(spec.at("podSelector"));
            policyRules(spec.at("ingress"), "from");
            policyRules(spec.at("egress"), "to");
            Check types = spec.at("policyTypes");
            if (types.size() > 2) {
                types.invalid("may not specify more than two policyTypes");
            } else {
                types.items(type -> type.oneOf("Ingress", "Egress"));
            }
        });
    }

    private static void policyRules(Check rules, String peers) {
        rules.items(rule -> {
            rule.at("ports").items(NetworkKinds::policyPort);
            rule.at(peers).items(peer -> {
                Check block = peer.at("ipBlock");
                boolean selectors = peer.at("podSelector").present() || peer.at("namespaceSelector").present();
                if (!block.present() && !selectors) {
                    peer.add(FieldError.required(peer.path(), "must specify a peer"));
                } else if (block.present() && selectors) {
                    peer.forbidden("may not specify both ipBlock and another peer");
                }
                MetadataRules.selector(peer.at("podSelector"));
                MetadataRules.selector(peer.at("namespaceSelector"));
                if (block.present()) {
                    ipBlock(block);
                }
            });
        });
    }

    private static void policyPort(Check port) {
        port.at("protocol").oneOf("TCP", "UDP", "SCTP");
        Check number = port.at("port");
        if (number.present()) {
            ContainerValidation.port(number);
        }
        Check end = port.at("endPort");
        if (!end.present()) {
            return;
        }
        if (!number.present() || number.value().isString()) {
            end.invalid("may not be specified when `port` is not specified or a name");
        } else if (end.number() < number.number()) {
            end.invalid("must be greater than or equal to `port`");
        }
    }

    private static void ipBlock(Check block) {
        Addresses.cidr(block.at("cidr").required());
        Addresses.Range range = Addresses.parseRange(block.at("cidr").text());
        block.at("except").items(except -> {
            Addresses.cidr(except);
            Addresses.Range excluded = Addresses.parseRange(except.text());
            if (range != null && excluded != null
                    && (!range.contains(excluded) || range.prefixLength() == excluded.prefixLength())) {
                except.invalid("must be a strict subset of `cidr`");
            }
        });
    }

    static Strategy ipAddress() {
        return DeclaredStrategy.plain().rules(check -> {
            Check name = check.at("metadata").at("name");
            InetAddress address = Addresses.parse(name.text());
            if (address == null || !canonical(address, name.text())) {
                name.invalid("must be a valid IP address in canonical form");
            }
            Check parent = check.at("spec").at("parentRef");
            if (!parent.present()) {
                parent.required();
            } else {
                parent.at("resource").required();
                parent.at("name").required();
            }
        }).updateRules((check, old) -> check.at("spec").at("parentRef")
                .unchanged(old.path("spec").path("parentRef"))).named(NameRule.PATH_SEGMENT)
                .selectable(Map.of("spec.parentRef.resource", List.of("spec", "parentRef", "resource")));
    }

    private static boolean canonical(@Nullable InetAddress address, String text) {
        // Java writes IPv4 addresses canonically; of IPv6 only the lower-case, compressed form is.
        return address != null && (!Addresses.isV6(text)
                ? address.getHostAddress().equals(text)
                : text.equals(text.toLowerCase(Locale.ROOT)) && !text.matches(".*(^|:)0[0-9a-f].*"));
    }

    static Strategy serviceCidr() {
        return DeclaredStrategy.withStatus().statusKeepsMetadata().rules(check -> {
            Check cidrs = check.at("spec").at("cidrs");
            if (cidrs.empty()) {
                cidrs.required("at least one CIDR required");
            } else if (cidrs.size() > 2) {
                cidrs.invalid("may only hold up to 2 values");
            } else {
                cidrs.items(Addresses::cidr);
            }
        }).updateRules((check, old) -> {
            Check cidrs = check.at("spec").at("cidrs");
            for (int i = 0; i < old.path("spec").path("cidrs").size(); i++) {
                cidrs.item(i).unchanged(old.path("spec").path("cidrs").path(i), "field is immutable");
            }
        });
    }
}
