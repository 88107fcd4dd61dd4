package io.myriad.store.mvcc;

/** Where the answers of one watch stream go. Only the watch agent's thread calls it. */
public interface WatchSink {

    /** Whether the client keeps up. When it does not, events stay in the history until {@link WatchAgent.Stream#ready} is called. */
    boolean isReady();

    void created(long watchId, long revision);

    /** A watcher could not be created. */
    void refused(String reason, long revision);

    void cancelled(long watchId, long revision);

    /** The watcher's next events were compacted away; it is gone. */
    void compacted(long watchId, long compactedRevision, long revision);

    /** Every event up to {@code revision} was delivered; {@code watchId} -1 speaks for the whole stream. */
    void progress(long watchId, long revision);

    /** Events in revision order; all that the watcher wants up to {@code revision}, or up to the last of them if it is older. */
    void events(Watcher watcher, KeyVersion[] events, int count, long revision);
}
