package io.myriad.hollow.core;

/**
 * The addresses of the simulated network. Nodes get one each from 10.64.0.0/10, pods from a range of their node within
 * 10.128.0.0/9, so that no two are ever equal. Nothing listens there.
 */
final class Addresses {
    private static final int NODES = 10 << 24 | 64 << 16;
    private static final int PODS = 10 << 24 | 128 << 16;
    private static final int POD_BITS = 23;

    private Addresses() {}

    /** A node's own address. */
    static String ofNode(int index) {
        return text(NODES + index + 1);
    }

    /** The length of the prefix of a node's range for so many pods; half of the range stays free, as in real clusters. */
    static int prefixLength(int pods) {
        int bits = 8;
        while ((1 << bits) < 2 * pods) {
            bits++;
        }
        return 32 - bits;
    }

    /** How many nodes have room in the network when each takes so many pods. */
    static int nodesMax(int pods) {
        return 1 << (POD_BITS - (32 - prefixLength(pods)));
    }

    /** The range of a node's pods, such as {@code 10.128.3.0/24}. */
    static String podRange(int index, int pods) {
        int length = prefixLength(pods);
        return text(PODS + (index << (32 - length))) + "/" + length;
    }

    static String text(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    static int parse(String text) {
        String[] parts = text.split("\\.");
        int address = 0;
        for (String part : parts) {
            address = address << 8 | Integer.parseInt(part);
        }
        return address;
    }
}
