package io.myriad.apiserver.allocation;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/**
 * The usable addresses of a service range: all but the network's own and, for IPv4, the broadcast address. Wishes for
 * certain addresses usually go for the low ones, so random ones come from the upper band while it lasts (KEP-3070).
 *
 * @param base the network's own address as a number
 * @param bytes 4 or 16
 * @param size how many addresses are usable, at most 2^31 - 1
 */
public record AddressRange(BigInteger base, int bytes, int size) {
    private static final int BAND_MIN = 16;
    private static final int BAND_MAX = 256;

    /**
     * Reads a range in CIDR form.
     *
     * @throws IllegalArgumentException when it is none, or has less than 8 addresses
     */
    public static AddressRange parse(String cidr) {
        int slash = cidr.indexOf('/');
        if (slash < 0 || !cidr.matches("[0-9a-fA-F:.]+/\\d{1,3}")) {
            throw new IllegalArgumentException("not an address range: " + cidr);
        }
        try {
            byte[] address = InetAddress.getByName(cidr.substring(0, slash)).getAddress();
            int hostBits = address.length * 8 - Integer.parseInt(cidr.substring(slash + 1));
            if (hostBits < 3 || hostBits > address.length * 8) {
                throw new IllegalArgumentException("the address range is too small: " + cidr);
            }
            BigInteger mask = BigInteger.ONE.shiftLeft(hostBits).subtract(BigInteger.ONE);
            BigInteger base = new BigInteger(1, address).andNot(mask);
            BigInteger usable = mask.subtract(BigInteger.valueOf(address.length == 4 ? 1 : 0))
                    .min(BigInteger.valueOf(Integer.MAX_VALUE));
            return new AddressRange(base, address.length, usable.intValue());
        } catch (UnknownHostException notAnAddress) {
            throw new IllegalArgumentException("not an address range: " + cidr, notAnAddress);
        }
    }

    /** The address of an index from 1 to {@link #size}. */
    public String address(int index) {
        byte[] number = base.add(BigInteger.valueOf(index)).toByteArray();
        byte[] address = new byte[bytes];
        for (int i = 0; i < Math.min(number.length, bytes); i++) {
            address[bytes - 1 - i] = number[number.length - 1 - i];
        }
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether a text is a usable address of the range. */
    public boolean contains(String text) {
        if (!text.matches("[0-9a-fA-F:.]+")) {
            return false;
        }
        try {
            byte[] address = InetAddress.getByName(text).getAddress();
            BigInteger index = new BigInteger(1, address).subtract(base);
            return address.length == bytes && index.signum() > 0 && index.compareTo(BigInteger.valueOf(size)) <= 0;
        } catch (UnknownHostException notAnAddress) {
            return false;
        }
    }

    /** How many low addresses are left to wishes, as long as others are free. */
    int lowerBand() {
        return size <= BAND_MIN ? 0 : Math.min(BAND_MAX, Math.max(BAND_MIN, size / 16));
    }

    /** A random index of the upper band. */
    int randomIndex(RandomGenerator random) {
        return lowerBand() + 1 + random.nextInt(size - lowerBand());
    }
}
