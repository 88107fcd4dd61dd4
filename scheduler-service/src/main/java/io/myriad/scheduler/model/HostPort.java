package io.myriad.scheduler.model;

/**
 * A port of the node that a container occupies.
 *
 * @param protocol such as {@code TCP}
 * @param address the node's address, {@link #ANY_ADDRESS} for all
 * @param port 1 to 65535
 */
public record HostPort(String protocol, String address, int port) {
    /** Every address of the node. */
    public static final String ANY_ADDRESS = "0.0.0.0";

    /** Whether both cannot be on one node. */
    public boolean conflicts(HostPort other) {
        return port == other.port && protocol.equals(other.protocol)
                && (address.equals(other.address) || address.equals(ANY_ADDRESS) || other.address.equals(ANY_ADDRESS));
    }
}
