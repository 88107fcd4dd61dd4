package io.myriad.apiserver.allocation;

import java.util.random.RandomGenerator;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.bootstrap.ObjectWriter;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Holds each given address as an IPAddress object: creating it is the reservation, and the store lets only one creation of
 * a name succeed. So servers need no common memory, and a client can see who has which address (KEP-1880).
 */
public final class AddressObjects implements AddressAllocator {
    private static final GroupVersionResource ADDRESSES = new GroupVersionResource("networking.k8s.io", "v1",
            "ipaddresses");
    /** After so many random tries the range is searched from its start. */
    private static final int RANDOM_TRIES = 16;

    private final AddressRange range;
    private final ObjectLookup lookup;
    private final ObjectWriter writer;
    private final RandomGenerator random;

    public AddressObjects(AddressRange range, ObjectLookup lookup, ObjectWriter writer, RandomGenerator random) {
        this.range = range;
        this.lookup = lookup;
        this.writer = writer;
        this.random = random;
    }

    @Override
    public String allocate(String namespace, String service) {
        for (int i = 0; i < RANDOM_TRIES; i++) {
            String address = range.address(range.randomIndex(random));
            if (lookup.cached(ADDRESSES, "", address) == null && create(address, namespace, service)) {
                return address;
            }
        }
        // Upper band first here too, then the lower one.
        for (int i = 0; i < range.size(); i++) {
            String address = range.address((range.lowerBand() + i) % range.size() + 1);
            if (lookup.cached(ADDRESSES, "", address) == null && create(address, namespace, service)) {
                return address;
            }
        }
        throw new StatusException(Status.internal("failed to allocate a serviceIP: range is full"));
    }

    private boolean create(String address, String namespace, String service) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("apiVersion", "networking.k8s.io/v1").put("kind",
                "IPAddress");
        ObjectNode metadata = object.putObject("metadata").put("name", address);
        metadata.putObject("labels")
                .put("ipaddress.kubernetes.io/ip-family", address.indexOf(':') < 0 ? "IPv4" : "IPv6")
                .put("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io");
        object.putObject("spec").putObject("parentRef").put("resource", "services").put("namespace", namespace)
                .put("name", service);
        try {
            writer.create(ADDRESSES, "", object);
            return true;
        } catch (StatusException failure) {
            if (failure.status().reason() == StatusReason.ALREADY_EXISTS) {
                return false;
            }
            throw failure;
        }
    }

    @Override
    public Reservation reserve(String address, String namespace, String service) {
        if (!range.contains(address)) {
            return Reservation.OUT_OF_RANGE;
        }
        if (create(address, namespace, service)) {
            return Reservation.RESERVED;
        }
        ObjectNode holder = lookup.current(ADDRESSES, "", address);
        JsonNode parent = holder == null
                ? JsonNodeFactory.instance.objectNode()
                : holder.path("spec").path("parentRef");
        boolean own = parent.path("namespace").stringValue("").equals(namespace)
                && parent.path("name").stringValue("").equals(service);
        return own ? Reservation.RESERVED : Reservation.TAKEN;
    }

    @Override
    public Reservation probe(String address) {
        if (!range.contains(address)) {
            return Reservation.OUT_OF_RANGE;
        }
        return lookup.current(ADDRESSES, "", address) == null ? Reservation.RESERVED : Reservation.TAKEN;
    }

    @Override
    public void release(String address) {
        if (!range.contains(address)) {
            return;
        }
        try {
            writer.delete(ADDRESSES, "", address);
        } catch (StatusException failure) {
            if (failure.status().reason() != StatusReason.NOT_FOUND) {
                throw failure;
            }
        }
    }
}
