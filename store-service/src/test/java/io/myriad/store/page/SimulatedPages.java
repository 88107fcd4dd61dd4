package io.myriad.store.page;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** A page file on a {@link SimulatedDisk}, for tests of what lies above the page file. */
public final class SimulatedPages {

    private SimulatedDisk disk;

    public SimulatedPages() {
        SimulatedDisk empty = new SimulatedDisk(new byte[0]);
        try {
            PageFile.format(empty);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        disk = new SimulatedDisk(empty.content());
    }

    /** Opens what is on the disk. The path is only a name. */
    public PageFile open(Path path) throws IOException {
        return PageFile.open(disk, PageTransaction.SPILL_BYTES);
    }

    /** After some more operations all of them fail. */
    public void failAfter(int operations) {
        disk.failAt(disk.operations().size() + operations);
    }

    /** The disk works again. */
    public void repair() {
        disk.failAt(Integer.MAX_VALUE);
    }

    /** The machine stops: of what was not forced some is there, some is not, and some in part. */
    public void crash(Random random) {
        SimulatedDisk.Replay replay = disk.new Replay();
        while (replay.hasNext()) {
            replay.step();
        }
        disk = replay.withSome(random);
    }
}
