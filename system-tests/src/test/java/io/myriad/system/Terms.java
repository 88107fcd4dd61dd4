package io.myriad.system;

import java.util.ArrayList;
import java.util.List;

/**
 * Who led when, in the order that the store gives to everything: by resource version, which no clock can confuse. A term begins
 * with the write that put its holder into the Lease and ends with the write that took it out. Thread-safe.
 */
final class Terms {
    /** A write at a version; {@code writer} is empty when nothing says whose it was. */
    record Write(long version, String writer, String what) {}

    /** A time of leadership; {@code end} is the largest number while it lasts. */
    record Term(String holder, long begin, long end) {
        boolean covers(Write write) {
            return begin < write.version && write.version < end
                    && (write.writer.isEmpty() || write.writer.equals(holder));
        }
    }

    private final List<Term> terms = new ArrayList<>();
    private String holder;
    private long begin;

    /** @param firstHolder who led when the watch of the Lease began; that term may have begun long before */
    Terms(String firstHolder) {
        holder = firstHolder;
    }

    /** A later version of the Lease; {@code newHolder} is empty when it was released. */
    synchronized void seen(long version, String newHolder) {
        if (!newHolder.equals(holder)) {
            if (!holder.isEmpty()) {
                terms.add(new Term(holder, begin, version));
            }
            holder = newHolder;
            begin = version;
        }
    }

    /** The term that lasts; its holder is empty if there is none. */
    synchronized Term last() {
        return new Term(holder, begin, Long.MAX_VALUE);
    }

    /** The writes that no term covers: made by somebody who did not lead, or while nobody did. */
    synchronized List<Write> outside(List<Write> writes) {
        List<Term> all = new ArrayList<>(terms);
        if (!holder.isEmpty()) {
            all.add(last());
        }
        return writes.stream().filter(write -> all.stream().noneMatch(term -> term.covers(write))).toList();
    }

    @Override
    public synchronized String toString() {
        return terms + ", then " + last();
    }
}
