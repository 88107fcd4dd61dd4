package io.myriad.store.lease;

/** What came of a renewal. */
public sealed interface Renewal {

    /** The lease has its whole time again. */
    record Renewed() implements Renewal {
        static final Renewed INSTANCE = new Renewed();
    }

    /** There is no such lease, or it ran out. */
    record Gone() implements Renewal {
        static final Gone INSTANCE = new Gone();
    }

    /** This member's clock says nothing about leases. */
    record NotLeading() implements Renewal {
        static final NotLeading INSTANCE = new NotLeading();
    }

    /**
     * The lease has its whole time here; another leader would only give it what was written down. So whoever renewed it must not be told before that has been taken back.
     *
     * @param checkpoint which one it was
     * @param term in which it is to be taken back
     */
    record Checkpointed(long checkpoint, long term) implements Renewal {}
}
