package io.myriad.store.value;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import org.jspecify.annotations.Nullable;

/** What went wrong with the server, in words for whoever runs it. The password is in none of them, nor are the library's exceptions, which may have it. */
final class RedisFaults {

    private final ValueStoreOptions options;

    RedisFaults(ValueStoreOptions options) {
        this.options = options;
    }

    IOException fault(String what) {
        return new IOException("the value store " + options.address() + " " + what);
    }

    /** Of anything that the library throws. */
    IOException of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String words = switch (cause) {
                case RedisCommandExecutionException reply -> ofReply(text(reply));
                case RedisCommandTimeoutException timeout -> unanswered();
                case TimeoutException timeout -> unanswered();
                case UnknownHostException unknown -> "cannot be reached: the name " + options.host() + " is not known";
                case ConnectException refused ->
                    "cannot be reached: " + text(refused) + ": is it running, and is --value-store right?";
                case SSLException tls -> "cannot be used with TLS: " + text(tls)
                        + ": a certificate that the JVM does not trust needs ?ca=FILE in --value-store";
                case CancellationException cancelled -> "was given up: another request had no answer";
                default -> null;
            };
            if (words != null) {
                return fault(words);
            }
        }
        return fault("closed the connection or cannot be used: " + text(innermost(thrown))
                + ": see its log, and whether it runs");
    }

    InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException(
                "the thread was interrupted while it waited for the value store " + options.address());
    }

    private static String unanswered() {
        return "does not answer: is it stopped or overloaded, or the network broken?";
    }

    /** Whether the server may be another one now, so that its address is to be looked up and connected to again. */
    static boolean isOfAnotherServer(Throwable thrown) {
        String code = code(thrown);
        return code.equals("READONLY") || code.equals("MASTERDOWN");
    }

    /** Whether the server answered, and refused. */
    static boolean isReply(ExecutionException thrown) {
        return thrown.getCause() instanceof RedisCommandExecutionException;
    }

    /** The first word of what the server said; empty if it said nothing. */
    private static String code(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException reply) {
                return firstWord(String.valueOf(reply.getMessage()));
            }
        }
        return "";
    }

    private static String firstWord(String reply) {
        int end = reply.indexOf(' ');
        return end < 0 ? reply : reply.substring(0, end);
    }

    private String ofReply(String reply) {
        return switch (firstWord(reply)) {
            case "OOM" -> "is full: raise its maxmemory, and leave its maxmemory-policy at noeviction";
            case "READONLY" -> "is a replica, which takes no writes: --value-store must name the primary";
            case "MASTERDOWN" -> "is a replica that has lost its primary: --value-store must name the primary";
            case "LOADING" -> "is still loading its data: it can be used when it has ended";
            case "NOAUTH" -> "wants a password: --value-store must have USER:PASSWORD@ or :PASSWORD@ before the host";
            case "WRONGPASS" -> "does not accept user and password of --value-store";
            case "NOPERM" -> "does not permit a command to the user of --value-store: " + reply;
            case "MISCONF" -> "takes no writes because it cannot write to its own disk: see its log";
            case "NOREPLICAS" -> "takes no writes because too few replicas follow it: see its min-replicas-to-write";
            case "MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN" ->
                "is a shard of a Redis Cluster, which is not supported: --value-store must name one server, or a proxy before the cluster";
            case "WRONGTYPE" -> "holds something that is no value where one is expected:"
                    + " another program writes to database " + options.database();
            default -> ofOtherReply(reply);
        };
    }

    private String ofOtherReply(String reply) {
        if (reply.startsWith("ERR AUTH")) {
            return "has no password, but --value-store gives one";
        }
        if (reply.toUpperCase(Locale.ROOT).contains("DB INDEX IS OUT OF RANGE")) {
            return "has no database " + options.database();
        }
        return "answered: " + reply;
    }

    private static Throwable innermost(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Servers repeat what they do not understand, which may be the password. */
    private String text(Throwable thrown) {
        @Nullable
        String message = thrown.getMessage();
        String text = message == null ? thrown.getClass().getSimpleName() : message.lines().findFirst().orElse("");
        return options.password().isEmpty() ? text : text.replace(options.password(), "***");
    }
}
