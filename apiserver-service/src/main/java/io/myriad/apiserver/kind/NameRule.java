package io.myriad.apiserver.kind;

/** How names of a kind must look; the rules' texts are in {@code io.myriad.api.value.Names}. */
public enum NameRule {
    /** RFC 1123 subdomain, up to 253 characters. */
    SUBDOMAIN,
    /** RFC 1123 label, up to 63 characters. */
    LABEL,
    /** Anything that can be a path segment (RBAC names). */
    PATH_SEGMENT
}
