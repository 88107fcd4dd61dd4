package io.myriad.apiserver.authentication;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Signs and checks service account tokens: JWTs with upstream's claims (KEP-1205, KEP-4193), bound to the account and,
 * when asked, to a pod, secret or node, so that they end with the object they are bound to.
 */
public final class ServiceAccountTokens implements Authenticator, TokenIssuer {
    /** What a token may be bound to: the claim's name and where the object is. */
    private enum Binding {
        POD("pod", new GroupVersionResource("", "v1", "pods"), true),
        SECRET("secret", new GroupVersionResource("", "v1", "secrets"), true),
        NODE("node", new GroupVersionResource("", "v1", "nodes"), false);

        private final String claim;
        private final GroupVersionResource resource;
        private final boolean namespaced;

        Binding(String claim, GroupVersionResource resource, boolean namespaced) {
            this.claim = claim;
            this.resource = resource;
            this.namespaced = namespaced;
        }
    }

    private record Verifier(String keyId, JWSVerifier verifier) {}

    private static final GroupVersionResource ACCOUNTS = new GroupVersionResource("", "v1", "serviceaccounts");
    private static final String PRIVATE_CLAIMS = "kubernetes.io";
    private static final String USER_PREFIX = "system:serviceaccount:";
    /** Of tokens that are kept in Secrets, without end and audience. */
    private static final String KEPT_ISSUER = "kubernetes/serviceaccount";
    private static final String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";
    private static final int TOKEN_LENGTH_LIMIT = 16 * 1024;
    private static final long CLOCK_SKEW_SECONDS = 60;

    private final String issuer;
    private final List<String> audiences;
    private final JWSSigner signer;
    private final JWSHeader header;
    private final List<Verifier> verifiers;
    private final ObjectLookup lookup;
    private final InstantSource clock;

    /**
     * @param issuer the {@code iss} claim
     * @param audiences the audiences that this server accepts; the first ones are also the default of requests
     * @param signingKey signs; its public key must be among {@code verificationKeys}
     * @param verificationKeys check
     * @param lookup finds the objects that tokens are bound to
     * @throws IllegalArgumentException when the signing key belongs to no verification key
     */
    public ServiceAccountTokens(String issuer, List<String> audiences, PrivateKey signingKey,
            List<PublicKey> verificationKeys, ObjectLookup lookup, InstantSource clock) {
        this.issuer = issuer;
        this.audiences = List.copyOf(audiences);
        this.lookup = lookup;
        this.clock = clock;
        try {
            this.signer = signer(signingKey);
            List<Verifier> all = new ArrayList<>();
            for (PublicKey key : verificationKeys) {
                all.add(new Verifier(keyId(key), verifier(key)));
            }
            this.verifiers = List.copyOf(all);
            this.header = header(signingKey);
        } catch (JOSEException unusable) {
            throw new IllegalArgumentException("a service account key cannot be used: " + unusable.getMessage(),
                    unusable);
        }
    }

    private static JWSSigner signer(PrivateKey key) throws JOSEException {
        return switch (key) {
            case ECPrivateKey ec -> new ECDSASigner(ec);
            case RSAPrivateKey rsa -> new RSASSASigner(rsa);
            default -> throw new JOSEException(key.getAlgorithm() + " keys cannot sign tokens");
        };
    }

    private static JWSVerifier verifier(PublicKey key) throws JOSEException {
        return switch (key) {
            case ECPublicKey ec -> new ECDSAVerifier(ec);
            case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
            default -> throw new JOSEException(key.getAlgorithm() + " keys cannot check tokens");
        };
    }

    /** Finds the signing key's id by letting each public key check a probe: private keys need not know their public one. */
    private JWSHeader header(PrivateKey signingKey) throws JOSEException {
        JWSAlgorithm algorithm = signingKey instanceof RSAPrivateKey
                ? JWSAlgorithm.RS256
                : signer.supportedJWSAlgorithms().iterator().next();
        byte[] probe = issuer.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        JWSHeader bare = new JWSHeader(algorithm);
        for (Verifier verifier : verifiers) {
            if (verifier.verifier.supportedJWSAlgorithms().contains(algorithm)
                    && verifier.verifier.verify(bare, probe, signer.sign(bare, probe))) {
                return new JWSHeader.Builder(algorithm).keyID(verifier.keyId).build();
            }
        }
        throw new IllegalArgumentException(
                "the service account signing key belongs to none of the service account key files");
    }

    /** Upstream's key id: the SHA-256 of the key's DER form, base64url without padding. */
    private static String keyId(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The audiences of a request that names none. */
    public List<String> defaultAudiences() {
        return audiences;
    }

    @Override
    public void issue(ObjectNode request, ObjectNode account) {
        JsonNode metadata = account.path("metadata");
        String namespace = metadata.path("namespace").stringValue("");
        String name = metadata.path("name").stringValue("");
        ObjectNode spec = request.withObjectProperty("spec");
        Instant now = clock.instant();
        Instant expiry = now.plusSeconds(spec.path("expirationSeconds").longValue(3600));

        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("namespace", namespace);
        bind(spec.path("boundObjectRef"), namespace, name, claims);
        claims.put("serviceaccount", reference(name, metadata.path("uid").stringValue("")));
        List<String> wanted = new ArrayList<>();
        spec.path("audiences").forEach(audience -> wanted.add(audience.asString()));
        JWTClaimsSet set = new JWTClaimsSet.Builder().issuer(issuer).subject(USER_PREFIX + namespace + ":" + name)
                .audience(wanted).issueTime(Date.from(now)).notBeforeTime(Date.from(now))
                .expirationTime(Date.from(expiry)).jwtID(UUID.randomUUID().toString())
                .claim(PRIVATE_CLAIMS, claims).build();
        SignedJWT token = new SignedJWT(header, set);
        try {
            token.sign(signer);
        } catch (JOSEException failure) {
            throw new StatusException(Status.internal("the token could not be signed"));
        }
        ObjectNode status = request.putObject("status");
        status.put("token", token.serialize());
        status.put("expirationTimestamp", expiry.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    }

    private void bind(JsonNode reference, String namespace, String account, Map<String, Object> claims) {
        if (!reference.isObject()) {
            return;
        }
        String kind = reference.path("apiVersion").stringValue("") + "/" + reference.path("kind").stringValue("");
        Binding binding = switch (kind) {
            case "v1/Pod" -> Binding.POD;
            case "v1/Secret" -> Binding.SECRET;
            case "v1/Node" -> Binding.NODE;
            default -> throw new StatusException(Status.badRequest("cannot bind token for serviceaccount \"" + account
                    + "\" to object of kind \"" + kind + "\""));
        };
        String name = reference.path("name").stringValue("");
        ObjectNode object = lookup.current(binding.resource, binding.namespaced ? namespace : "", name);
        if (object == null) {
            throw new StatusException(Status.notFound(binding.resource.groupResource(), name));
        }
        String uid = object.path("metadata").path("uid").stringValue("");
        String wanted = reference.path("uid").stringValue("");
        if (!wanted.isEmpty() && !wanted.equals(uid)) {
            throw new StatusException(Status.conflict(binding.resource.groupResource(), name,
                    "the UID in the bound object reference (" + wanted + ") does not match the UID in record (" + uid
                            + "). The object might have been deleted and then recreated"));
        }
        claims.put(binding.claim, reference(name, uid));
        if (binding == Binding.POD) {
            if (!object.path("spec").path("serviceAccountName").stringValue("").equals(account)) {
                throw new StatusException(Status.badRequest("cannot bind token for serviceaccount \"" + account
                        + "\" to pod running with different serviceaccount name."));
            }
            bindNodeOf(object, claims);
        }
    }

    private void bindNodeOf(ObjectNode pod, Map<String, Object> claims) {
        String nodeName = pod.path("spec").path("nodeName").stringValue("");
        if (nodeName.isEmpty()) {
            return;
        }
        ObjectNode node = lookup.cached(Binding.NODE.resource, "", nodeName);
        claims.put(Binding.NODE.claim, node == null
                ? Map.of("name", nodeName)
                : reference(nodeName, node.path("metadata").path("uid").stringValue("")));
    }

    private static Map<String, Object> reference(String name, String uid) {
        Map<String, Object> reference = new LinkedHashMap<>();
        reference.put("name", name);
        reference.put("uid", uid);
        return reference;
    }

    @Override
    public @Nullable User authenticate(Credentials credentials) {
        return review(credentials.bearerToken(), audiences);
    }

    /**
     * The user of a token that is valid for one of the audiences; null when it is not.
     *
     * @param token a bearer token, or null
     * @param accepted the audiences of which the token must name one
     */
    public @Nullable User review(@Nullable String token, List<String> accepted) {
        if (token == null || token.length() > TOKEN_LENGTH_LIMIT || token.indexOf('.') < 0) {
            return null;
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            if (KEPT_ISSUER.equals(claims.getIssuer())) {
                return accepted.stream().anyMatch(audiences::contains) && checked(jwt)
                        ? userOfKept(token, claims)
                        : null;
            }
            return issuer.equals(claims.getIssuer()) && checked(jwt) && inTime(claims)
                    && claims.getAudience().stream().anyMatch(accepted::contains) ? user(claims) : null;
        } catch (ParseException | JOSEException notAToken) {
            return null;
        }
    }

    private boolean checked(SignedJWT jwt) throws JOSEException {
        String keyId = jwt.getHeader().getKeyID();
        for (Verifier verifier : verifiers) {
            boolean candidate = keyId == null || keyId.equals(verifier.keyId);
            if (candidate && verifier.verifier.supportedJWSAlgorithms().contains(jwt.getHeader().getAlgorithm())
                    && jwt.verify(verifier.verifier)) {
                return true;
            }
        }
        return false;
    }

    private boolean inTime(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expiry = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        return expiry != null && now.isBefore(expiry.toInstant())
                && (notBefore == null || !now.plusSeconds(CLOCK_SKEW_SECONDS).isBefore(notBefore.toInstant()));
    }

    private @Nullable User user(JWTClaimsSet claims) throws ParseException {
        Map<String, Object> bound = claims.getJSONObjectClaim(PRIVATE_CLAIMS);
        if (bound == null || !(bound.get("namespace") instanceof String namespace)) {
            return null;
        }
        String name = part(bound, "serviceaccount", "name");
        String uid = part(bound, "serviceaccount", "uid");
        if (!(USER_PREFIX + namespace + ":" + name).equals(claims.getSubject())
                || !alive(ACCOUNTS, namespace, name, uid)) {
            return null;
        }
        Map<String, List<String>> extra = new LinkedHashMap<>();
        String id = claims.getJWTID();
        if (id != null) {
            extra.put(CertificateAuthenticator.CREDENTIAL_ID, List.of("JTI=" + id));
        }
        for (Binding binding : Binding.values()) {
            String boundName = part(bound, binding.claim, "name");
            String boundUid = part(bound, binding.claim, "uid");
            if (boundName.isEmpty()) {
                continue;
            }
            // A pod's token outlives its node object: only the pod itself decides, as upstream has it.
            boolean nodeOfPod = binding == Binding.NODE && bound.containsKey(Binding.POD.claim);
            if (!nodeOfPod && !alive(binding.resource, binding.namespaced ? namespace : "", boundName, boundUid)) {
                return null;
            }
            if (binding != Binding.SECRET) {
                extra.put("authentication.kubernetes.io/" + binding.claim + "-name", List.of(boundName));
                if (!boundUid.isEmpty()) {
                    extra.put("authentication.kubernetes.io/" + binding.claim + "-uid", List.of(boundUid));
                }
            }
        }
        return new User(USER_PREFIX + namespace + ":" + name, uid,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace), extra);
    }

    /** The user of a token that is kept in a Secret: it is valid as long as that Secret holds it. */
    private @Nullable User userOfKept(String token, JWTClaimsSet claims) throws ParseException {
        String namespace = kept(claims, "namespace");
        String name = kept(claims, "service-account.name");
        String uid = kept(claims, "service-account.uid");
        String secretName = kept(claims, "secret.name");
        if (namespace.isEmpty() || name.isEmpty() || uid.isEmpty() || secretName.isEmpty()
                || !(USER_PREFIX + namespace + ":" + name).equals(claims.getSubject())
                || !alive(ACCOUNTS, namespace, name, uid)) {
            return null;
        }
        ObjectNode secret = lookup.cached(Binding.SECRET.resource, namespace, secretName);
        if (secret == null || !holds(secret, token)) {
            // The cache may not have heard of a new token yet.
            secret = lookup.current(Binding.SECRET.resource, namespace, secretName);
        }
        return secret != null && holds(secret, token)
                ? new User(USER_PREFIX + namespace + ":" + name, uid,
                        List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace), Map.of())
                : null;
    }

    private static String kept(JWTClaimsSet claims, String name) throws ParseException {
        String value = claims.getStringClaim(KEPT_ISSUER + "/" + name);
        return value == null ? "" : value;
    }

    private static boolean holds(ObjectNode secret, String token) {
        String encoded = Base64.getEncoder().encodeToString(token.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        JsonNode metadata = secret.path("metadata");
        return metadata.path("deletionTimestamp").isMissingNode()
                && metadata.path("labels").path(INVALID_SINCE).isMissingNode()
                && MessageDigest.isEqual(encoded.getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        secret.path("data").path("token").stringValue("")
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private boolean alive(GroupVersionResource resource, String namespace, String name, String uid) {
        ObjectNode object = lookup.cached(resource, namespace, name);
        if (object == null) {
            // The cache may not have heard of a new object yet.
            object = lookup.current(resource, namespace, name);
        }
        return object != null && (uid.isEmpty() || object.path("metadata").path("uid").stringValue("").equals(uid));
    }

    private static String part(Map<String, Object> claims, String what, String key) {
        return claims.get(what) instanceof Map<?, ?> map && map.get(key) instanceof String text ? text : "";
    }
}
