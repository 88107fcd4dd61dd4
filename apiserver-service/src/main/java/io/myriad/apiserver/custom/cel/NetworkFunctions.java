package io.myriad.apiserver.custom.cel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;

/** Functions over addresses and ranges of addresses. */
final class NetworkFunctions {
    private static final CelType IP = OpaqueType.create("net.IP");
    private static final CelType CIDR = OpaqueType.create("net.CIDR");
    private static final List<Class<?>> TEXT = List.of(String.class);

    private NetworkFunctions() {}

    /**
     * A range of addresses.
     *
     * @param address any address in it
     * @param bits how many leading bits are the same for all
     */
    private record Range(InetAddress address, int bits) {
        boolean contains(InetAddress other) {
            byte[] mine = address.getAddress();
            byte[] theirs = other.getAddress();
            return mine.length == theirs.length && Arrays.equals(masked(mine), masked(theirs));
        }

        byte[] masked(byte[] bytes) {
            byte[] masked = bytes.clone();
            for (int i = 0; i < masked.length; i++) {
                int kept = Math.clamp(bits - i * 8L, 0, 8);
                masked[i] = (byte) (masked[i] & (0xff00 >> kept));
            }
            return masked;
        }
    }

    private interface Test {
        boolean of(InetAddress address);
    }

    static void addTo(FunctionTable table) {
        List<CelType> text = List.of(SimpleType.STRING);
        table.add("isIP", false, SimpleType.BOOL, text, TEXT, arguments -> parses(() -> ip((String) arguments[0])));
        table.add("ip", false, IP, text, TEXT, arguments -> ip((String) arguments[0]));
        table.add("ip.isCanonical", false, SimpleType.BOOL, text, TEXT, arguments -> {
            InetAddress address = ip((String) arguments[0]);
            return address.getAddress().length != 4
                    ? arguments[0].equals(canonical(address))
                    : arguments[0].equals(address.getHostAddress());
        });
        table.add("family", true, SimpleType.INT, List.of(IP), List.of(InetAddress.class),
                arguments -> ((InetAddress) arguments[0]).getAddress().length == 4 ? 4L : 6L);
        test(table, "isUnspecified", InetAddress::isAnyLocalAddress);
        test(table, "isLoopback", InetAddress::isLoopbackAddress);
        test(table, "isLinkLocalUnicast", InetAddress::isLinkLocalAddress);
        test(table, "isLinkLocalMulticast", InetAddress::isMCLinkLocal);
        test(table, "isGlobalUnicast", address -> !address.isAnyLocalAddress() && !address.isLoopbackAddress()
                && !address.isMulticastAddress() && !address.isLinkLocalAddress());
        table.add("isCIDR", false, SimpleType.BOOL, text, TEXT,
                arguments -> parses(() -> range((String) arguments[0])));
        table.add("cidr", false, CIDR, text, TEXT, arguments -> range((String) arguments[0]));
        List<Class<?>> withText = List.of(Range.class, String.class);
        table.add("containsIP", true, SimpleType.BOOL, List.of(CIDR, SimpleType.STRING), withText,
                arguments -> ((Range) arguments[0]).contains(ip((String) arguments[1])));
        table.add("containsIP", true, SimpleType.BOOL, List.of(CIDR, IP), List.of(Range.class, InetAddress.class),
                arguments -> ((Range) arguments[0]).contains((InetAddress) arguments[1]));
        table.add("containsCIDR", true, SimpleType.BOOL, List.of(CIDR, SimpleType.STRING), withText,
                arguments -> within((Range) arguments[0], range((String) arguments[1])));
        table.add("containsCIDR", true, SimpleType.BOOL, List.of(CIDR, CIDR), List.of(Range.class, Range.class),
                arguments -> within((Range) arguments[0], (Range) arguments[1]));
        table.add("ip", true, IP, List.of(CIDR), List.of(Range.class),
                arguments -> ((Range) arguments[0]).address());
        table.add("prefixLength", true, SimpleType.INT, List.of(CIDR), List.of(Range.class),
                arguments -> (long) ((Range) arguments[0]).bits());
        table.add("masked", true, CIDR, List.of(CIDR), List.of(Range.class), arguments -> {
            Range range = (Range) arguments[0];
            return new Range(address(range.masked(range.address().getAddress())), range.bits());
        });
    }

    private static void test(FunctionTable table, String name, Test test) {
        table.add(name, true, SimpleType.BOOL, List.of(IP), List.of(InetAddress.class),
                arguments -> test.of((InetAddress) arguments[0]));
    }

    private interface Parsing {
        Object run() throws CelEvaluationException;
    }

    private static boolean parses(Parsing parsing) {
        try {
            parsing.run();
            return true;
        } catch (CelEvaluationException none) {
            return false;
        }
    }

    private static boolean within(Range outer, Range inner) {
        return outer.bits() <= inner.bits() && outer.contains(inner.address());
    }

    /** Parses an address; nothing is ever looked up by name. */
    private static InetAddress ip(String text) throws CelEvaluationException {
        boolean plain = !text.isEmpty()
                && text.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.');
        boolean v6 = text.indexOf(':') >= 0;
        if (plain && (v6 || text.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}"))) {
            try {
                InetAddress address = InetAddress.ofLiteral(text);
                if (v6 == (address.getAddress().length == 16)) {
                    return address;
                }
            } catch (IllegalArgumentException none) {
                // Said below.
            }
        }
        throw FunctionTable.failure("IP Address \"" + text + "\" parse error during conversion from string");
    }

    private static InetAddress address(byte[] bytes) throws CelEvaluationException {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw FunctionTable.failure(String.valueOf(impossible.getMessage()));
        }
    }

    private static Range range(String text) throws CelEvaluationException {
        int slash = text.indexOf('/');
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        if (bits.matches("0|[1-9][0-9]{0,2}")) {
            InetAddress address = ip(text.substring(0, slash));
            if (Integer.parseInt(bits) <= address.getAddress().length * 8) {
                return new Range(address, Integer.parseInt(bits));
            }
        }
        throw FunctionTable.failure("network address parse error during conversion from string: " + text);
    }

    /** RFC 5952: lower case, and the longest run of zeros left out. */
    private static String canonical(InetAddress address) {
        byte[] bytes = address.getAddress();
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
