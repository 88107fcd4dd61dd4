package io.myriad.hollow.core;

import java.util.BitSet;

/** The addresses of one node's pods. The first one is the bridge's and the last one the broadcast's. */
final class PodAddresses {
    private final int base;
    private final int size;
    private final BitSet used = new BitSet();
    private int next = 2;

    /** @param range such as {@code 10.128.3.0/24} */
    PodAddresses(String range) {
        int slash = range.indexOf('/');
        this.base = Addresses.parse(range.substring(0, slash));
        this.size = 1 << (32 - Integer.parseInt(range.substring(slash + 1)));
    }

    /** A free address; the one used longest ago, so that a late reader of an old one meets nobody. Empty when full. */
    String take() {
        for (int i = 0; i < size - 3; i++) {
            int candidate = next;
            next = next + 1 < size - 1 ? next + 1 : 2;
            if (!used.get(candidate)) {
                used.set(candidate);
                return Addresses.text(base + candidate);
            }
        }
        return "";
    }

    /** A pod has this address already. */
    void reserve(String address) {
        int offset = offset(address);
        if (offset >= 0) {
            used.set(offset);
        }
    }

    void release(String address) {
        int offset = offset(address);
        if (offset >= 0) {
            used.clear(offset);
        }
    }

    private int offset(String address) {
        if (address.isEmpty() || address.indexOf(':') >= 0) {
            return -1;
        }
        int offset = Addresses.parse(address) - base;
        return offset >= 0 && offset < size ? offset : -1;
    }
}
