package io.myriad.apiserver.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** The watches that are being served, so that they can be counted and ended in good order. */
public final class WatchRegister {
    private final Set<WatchResponse> watches = ConcurrentHashMap.newKeySet();

    /** Makes a watch that is in the register until it ends. */
    WatchResponse add(Function<Runnable, WatchResponse> make) {
        AtomicReference<WatchResponse> self = new AtomicReference<>();
        WatchResponse response = make.apply(() -> {
            WatchResponse ended = self.get();
            if (ended != null) {
                watches.remove(ended);
            }
        });
        self.set(response);
        watches.add(response);
        return response;
    }

    /** How many there are. */
    public int count() {
        return watches.size();
    }

    /** Ends all, each with a bookmark from which its client can go on elsewhere. */
    public void finishAll() {
        for (WatchResponse watch : watches) {
            watch.stream().loop().execute(watch::finish);
        }
    }
}
