package io.myriad.apiserver.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.authentication.User;

/**
 * Users named in headers by a proxy that has authenticated them ({@code --requestheader-*}): believed only over a
 * connection whose client certificate shows that it is the proxy.
 */
final class FrontProxy {
    private final ClientCertificates certificates;
    private final List<String> allowedNames;
    private final List<String> userHeaders;
    private final List<String> uidHeaders;
    private final List<String> groupHeaders;
    private final List<String> extraPrefixes;

    FrontProxy(ClientCertificates certificates, List<String> allowedNames, List<String> userHeaders,
            List<String> uidHeaders, List<String> groupHeaders, List<String> extraPrefixes) {
        this.certificates = certificates;
        this.allowedNames = allowedNames;
        this.userHeaders = userHeaders;
        this.uidHeaders = uidHeaders;
        this.groupHeaders = groupHeaders;
        this.extraPrefixes = extraPrefixes.stream().map(prefix -> prefix.toLowerCase(Locale.ROOT)).toList();
    }

    /** The user that the headers name, or null when there is none or the connection is not the proxy's. */
    @Nullable
    User user(HttpCall call) {
        String name = first(call, userHeaders);
        if (name.isEmpty() || !isProxy(call)) {
            return null;
        }
        List<String> groups = new ArrayList<>();
        for (String header : groupHeaders) {
            groups.addAll(call.headers().getAll(header));
        }
        if (!groups.contains("system:authenticated")) {
            groups.add("system:authenticated");
        }
        return new User(name, first(call, uidHeaders), List.copyOf(groups), extra(call));
    }

    private boolean isProxy(HttpCall call) {
        return certificates.verify(call.peerCertificates()) && (allowedNames.isEmpty() || allowedNames.contains(
                commonName(call.peerCertificates().getFirst().getSubjectX500Principal().getName())));
    }

    private static String commonName(String subject) {
        try {
            for (Rdn rdn : new LdapName(subject).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) {
                    return rdn.getValue().toString();
                }
            }
            return "";
        } catch (InvalidNameException unreadable) {
            return "";
        }
    }

    private static String first(HttpCall call, List<String> headers) {
        for (String header : headers) {
            String value = call.header(header);
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    private Map<String, List<String>> extra(HttpCall call) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : call.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            for (String prefix : extraPrefixes) {
                if (name.startsWith(prefix)) {
                    String key = QueryParameters.percentDecode(name.substring(prefix.length()), false);
                    extra.computeIfAbsent(key == null ? name.substring(prefix.length()) : key,
                            any -> new ArrayList<>(1)).add(header.getValue());
                }
            }
        }
        return extra;
    }
}
