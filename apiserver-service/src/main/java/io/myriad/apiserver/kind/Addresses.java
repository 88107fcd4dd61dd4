package io.myriad.apiserver.kind;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** IP addresses and ranges as texts. Nothing here asks a name server. */
final class Addresses {
    private static final Pattern V4 = Pattern
            .compile("(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}");
    private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final String NOT_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    private static final String NOT_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

    /** A range: its first address and how many leading bits all its addresses share. */
    record Range(InetAddress base, int prefixLength) {
        boolean contains(Range other) {
            int bits = base.getAddress().length * 8;
            if (other.base.getAddress().length * 8 != bits || other.prefixLength < prefixLength) {
                return false;
            }
            BigInteger difference = new BigInteger(1, base.getAddress())
                    .xor(new BigInteger(1, other.base.getAddress()));
            return difference.shiftRight(bits - prefixLength).signum() == 0;
        }

        boolean canonical() {
            int bits = base.getAddress().length * 8;
            BigInteger host = BigInteger.ONE.shiftLeft(bits - prefixLength).subtract(BigInteger.ONE);
            return new BigInteger(1, base.getAddress()).and(host).signum() == 0;
        }
    }

    private Addresses() {}

    /** The address, or null when the text is none. */
    static @Nullable InetAddress parse(String text) {
        if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException notAnAddress) {
            return null;
        }
    }

    static boolean isV6(String text) {
        return text.indexOf(':') >= 0;
    }

    /** The range, or null when the text is none. */
    static @Nullable Range parseRange(String text) {
        int slash = text.indexOf('/');
        InetAddress base = slash < 0 ? null : parse(text.substring(0, slash));
        if (base == null || !text.substring(slash + 1).matches("\\d{1,3}")) {
            return null;
        }
        int length = Integer.parseInt(text.substring(slash + 1));
        return length > base.getAddress().length * 8 ? null : new Range(base, length);
    }

    /** An address, when there is any text. */
    static Check ip(Check check) {
        return check.named(text -> parse(text) == null ? List.of(NOT_IP) : List.of());
    }

    /** A range, when there is any text. */
    static Check cidr(Check check) {
        return check.named(text -> parseRange(text) == null ? List.of(NOT_CIDR) : List.of());
    }

    /** An address that can be reached from elsewhere: not unspecified, loopback, link-local or multicast. */
    static void endpoint(Check check) {
        InetAddress address = parse(check.text());
        if (address == null) {
            check.matches(text -> List.of(NOT_IP));
            return;
        }
        if (address.isAnyLocalAddress()) {
            check.invalid("may not be unspecified (0.0.0.0 or ::)");
        } else if (address.isLoopbackAddress()) {
            check.invalid("may not be in the loopback range (127.0.0.0/8, ::1/128)");
        } else if (address.isLinkLocalAddress()) {
            check.invalid("may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        } else if (address.isMulticastAddress() && isLinkLocalMulticast(address)) {
            check.invalid("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }

    private static boolean isLinkLocalMulticast(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? (bytes[0] & 0xff) == 224 && bytes[1] == 0 && bytes[2] == 0
                : (bytes[0] & 0xff) == 0xff && (bytes[1] & 0x0f) == 2;
    }
}
