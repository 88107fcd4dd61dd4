package io.myriad.store.state;

import io.myriad.store.wire.Wire;

/** Writes {@code ResponseHeader} fields: whose answer it is and at which revision. */
public final class ResponseHeader {

    private final byte[] identity;

    public ResponseHeader(long clusterId, long memberId) {
        byte[] bytes = new byte[Wire.varintFieldSize(clusterId) + Wire.varintFieldSize(memberId)];
        int at = Wire.putVarintField(bytes, 0, 1, clusterId);
        Wire.putVarintField(bytes, at, 2, memberId);
        identity = bytes;
    }

    /** The header as field 1 of a response, tag and length included. */
    public byte[] field(long revision, long term) {
        int size = identity.length + Wire.varintFieldSize(revision) + Wire.varintFieldSize(term);
        byte[] bytes = new byte[Wire.bytesFieldSize(size)];
        int at = Wire.putLengthPrefix(bytes, 0, 1, size);
        System.arraycopy(identity, 0, bytes, at, identity.length);
        at = Wire.putVarintField(bytes, at + identity.length, 3, revision);
        Wire.putVarintField(bytes, at, 4, term);
        return bytes;
    }

    /** The header of an operation within a transaction: the revision alone. */
    static byte[] innerField(long revision) {
        int size = Wire.varintFieldSize(revision);
        byte[] bytes = new byte[Wire.bytesFieldSize(size)];
        int at = Wire.putLengthPrefix(bytes, 0, 1, size);
        Wire.putVarintField(bytes, at, 3, revision);
        return bytes;
    }
}
