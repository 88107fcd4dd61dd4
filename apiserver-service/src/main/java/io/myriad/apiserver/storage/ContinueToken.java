package io.myriad.apiserver.storage;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;

/**
 * Where a list in pages goes on. Text form: base64url without padding of {@code {"v":"meta.k8s.io/v1","rv":N,"start":S}},
 * which a client can carry from one server to another, upstream's included.
 *
 * @param resourceVersion the version of the first page, of which the others are too; {@link #INCONSISTENT} to go on at
 *            the current one
 * @param start the first key of the next page without the list's prefix; what a page's last key plus one zero byte gives
 */
public record ContinueToken(long resourceVersion, String start) {
    /** The version of a token that goes on at the current version, because the first page's is gone. */
    public static final long INCONSISTENT = -1;

    private static final String FORMAT = "meta.k8s.io/v1";

    /** The token that goes on behind {@code key}, which is without the list's prefix. */
    public static ContinueToken after(long resourceVersion, String key) {
        return new ContinueToken(resourceVersion, key + "\0");
    }

    /** The text form. */
    public String encode() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("v", FORMAT);
        json.put("rv", resourceVersion);
        json.put("start", start);
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the text form.
     *
     * @throws StatusException 400 when it is none, or leads out of the list's prefix
     */
    public static ContinueToken decode(String text) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException | JacksonException malformed) {
            throw invalid("it is not valid");
        }
        if (!json.path("v").stringValue("").equals(FORMAT)) {
            throw invalid("its format is not known");
        }
        long version = json.path("rv").longValue(0);
        String start = json.path("start").stringValue("");
        if (version == 0 || start.isEmpty() || !isCleanPath(start)) {
            throw invalid("its version or start is not valid");
        }
        return new ContinueToken(version, start.startsWith("/") ? start.substring(1) : start);
    }

    /** Whether no element of the path is empty, {@code .} or {@code ..}; a key that is would lead elsewhere. */
    private static boolean isCleanPath(String start) {
        String path = start.startsWith("/") ? start.substring(1) : start;
        for (String element : path.split("/", -1)) {
            if (element.isEmpty() || element.equals(".") || element.equals("..")) {
                return false;
            }
        }
        return true;
    }

    private static StatusException invalid(String why) {
        return new StatusException(Status.badRequest("continue key is not valid: " + why));
    }
}
