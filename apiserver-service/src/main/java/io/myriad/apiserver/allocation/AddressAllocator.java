package io.myriad.apiserver.allocation;

/** Gives out the addresses of one range. Methods may block. Safe for any number of threads and servers. */
public interface AddressAllocator {
    /** What became of a wish for a certain address. */
    enum Reservation {
        RESERVED, TAKEN, OUT_OF_RANGE
    }

    /**
     * Reserves any free address for a service.
     *
     * @throws io.myriad.api.StatusException when none is free
     */
    String allocate(String namespace, String service);

    /** Reserves a certain address; one that the same service holds already is reserved. */
    Reservation reserve(String address, String namespace, String service);

    /** Gives an address back; one that is not held is ignored. */
    void release(String address);

    /** Whether an address could be reserved now, without doing so. */
    Reservation probe(String address);
}
