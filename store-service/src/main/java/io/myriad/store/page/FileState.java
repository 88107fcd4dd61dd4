package io.myriad.store.page;

import java.util.concurrent.atomic.AtomicInteger;

/** A state that is in the file, and how many readers look at it. The writer retires states that nobody looks at; a reader that comes too late for one takes the newest. Any thread. */
final class FileState {

    private static final int RETIRED = -1;

    private final MetaPage meta;
    private final AtomicInteger readers = new AtomicInteger();

    FileState(MetaPage meta) {
        this.meta = meta;
    }

    MetaPage meta() {
        return meta;
    }

    /** One reader more; false if the state was retired. */
    boolean enter() {
        return readers.getAndUpdate(count -> count == RETIRED ? RETIRED : count + 1) != RETIRED;
    }

    void leave() {
        readers.getAndDecrement();
    }

    /** Lets no reader in any more, if there is none. */
    boolean retire() {
        return readers.compareAndSet(0, RETIRED);
    }
}
