package io.myriad.store.page;

import java.io.IOException;

/** A page does not hold what was written to it, or what is in it makes no sense. What it should hold is lost; nothing of it was handed out. */
public final class DamagedPageException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int page;

    DamagedPageException(String file, int page, String what) {
        super(file + " is damaged at page " + page + ": " + what);
        this.page = page;
    }

    /** The page; of a run, its first. */
    public int page() {
        return page;
    }
}
