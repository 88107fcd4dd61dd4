package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A disk in memory that remembers what was done to it, so that what a crash could have left after any of it can be made. */
final class SimulatedDisk implements PageDisk {

    private static final int SECTOR_BYTES = 512;

    /** Something that was done to the disk. */
    sealed interface Operation permits Write, Truncate, Force {}

    record Write(long offset, byte[] bytes) implements Operation {}

    record Truncate(long size) implements Operation {}

    record Force() implements Operation {}

    private final List<Operation> operations = new ArrayList<>();
    private final byte[] initial;
    private byte[] content;
    private int size;
    private int failAt = Integer.MAX_VALUE;

    SimulatedDisk(byte[] content) {
        this.initial = content.clone();
        this.content = content.clone();
        this.size = content.length;
    }

    /** What was done so far. */
    List<Operation> operations() {
        return operations;
    }

    byte[] content() {
        return Arrays.copyOf(content, size);
    }

    /** Makes a byte another. */
    void flip(int offset, int bits) {
        content[offset] ^= (byte) bits;
    }

    /** From the operation with this number on everything fails; a write that fails is torn. */
    void failAt(int operation) {
        failAt = operation;
    }

    private void done(Operation operation) throws IOException {
        if (operations.size() >= failAt) {
            throw new IOException("simulated failure");
        }
        operations.add(operation);
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(ByteBuffer target, long offset) {
        if (offset < size) {
            target.put(content, (int) offset, (int) Math.min(size - offset, target.remaining()));
        }
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        done(new Write(offset, bytes));
        apply(bytes, (int) offset, bytes.length);
    }

    @Override
    public void truncate(long newSize) throws IOException {
        done(new Truncate(newSize));
        cut((int) newSize);
    }

    @Override
    public void force() throws IOException {
        done(new Force());
    }

    @Override
    public void close() {}

    private void apply(byte[] bytes, int offset, int length) {
        if (offset + length > content.length) {
            content = Arrays.copyOf(content, Math.max(offset + length, content.length * 3 / 2));
        }
        System.arraycopy(bytes, 0, content, offset, length);
        size = Math.max(size, offset + length);
    }

    private void cut(int newSize) {
        if (newSize < size) {
            Arrays.fill(content, newSize, size, (byte) 0);
            size = newSize;
        }
    }

    /** Walks through what was done, one operation after the other, and makes what a crash could leave. */
    final class Replay {
        private final SimulatedDisk durable = new SimulatedDisk(initial);
        private final List<Operation> pending = new ArrayList<>();
        private int next;

        boolean hasNext() {
            return next < operations.size();
        }

        /** Operations that have been done. */
        int position() {
            return next;
        }

        void step() {
            Operation operation = operations.get(next++);
            if (operation instanceof Force) {
                pending.forEach(durable::applyWhole);
                pending.clear();
            } else {
                pending.add(operation);
            }
        }

        /** Nothing of what was not forced is on the disk. */
        SimulatedDisk withoutPending() {
            return new SimulatedDisk(durable.content());
        }

        /** Everything is on the disk. */
        SimulatedDisk withPending() {
            SimulatedDisk disk = new SimulatedDisk(durable.content());
            pending.forEach(disk::applyWhole);
            return new SimulatedDisk(disk.content());
        }

        /** Of what was not forced some is on the disk, some is not, and some in part. */
        SimulatedDisk withSome(Random random) {
            SimulatedDisk disk = new SimulatedDisk(durable.content());
            for (Operation operation : pending) {
                switch (random.nextInt(3)) {
                    case 0 -> {}
                    case 1 -> disk.applyWhole(operation);
                    default -> disk.applyTorn(operation, random);
                }
            }
            return new SimulatedDisk(disk.content());
        }
    }

    private void applyWhole(Operation operation) {
        switch (operation) {
            case Write write -> apply(write.bytes, (int) write.offset, write.bytes.length);
            case Truncate truncate -> cut((int) truncate.size);
            case Force force -> {}
        }
    }

    private void applyTorn(Operation operation, Random random) {
        if (!(operation instanceof Write write)) {
            applyWhole(operation);
            return;
        }
        for (int from = 0; from < write.bytes.length; from += SECTOR_BYTES) {
            if (random.nextBoolean()) {
                int length = Math.min(SECTOR_BYTES, write.bytes.length - from);
                apply(Arrays.copyOfRange(write.bytes, from, from + length), (int) write.offset + from, length);
            }
        }
    }
}
