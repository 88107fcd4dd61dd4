package io.myriad.store.bolt;

import java.io.IOException;

/** A file is no bbolt database, or something in it makes no sense. The message says where. */
public final class DamagedBoltException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedBoltException(String what) {
        super("no bbolt database, or a damaged one: " + what);
    }

    DamagedBoltException(long page, String what) {
        super("the bbolt database is damaged at page " + page + ": " + what);
    }
}
