package io.myriad.system;

import java.util.ArrayList;
import java.util.List;

/**
 * Who led when, in the order that the store gives to everything: by resource version, which no clock can confuse. A term begins
 * with the write that put its holder into the Lease and ends with the write that took it out.
 */
final class Terms {
    /** A write by somebody, at a version. */
    record Write(long version, String writer, String what) {}

    /** A time of leadership; {@code end} is the largest number while it lasts. */
    record Term(String holder, long begin, long end) {
        boolean covers(Write write) {
            return write.writer.equals(holder) && begin < write.version && write.version < end;
        }
    }

    private final List<Term> terms = new ArrayList<>();
    private String holder = "";
    private long begin;

    /** The Lease as it was when the watch began; its term may have begun long before. */
    synchronized void began(String firstHolder) {
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

    /** All terms, the one that lasts included. */
    synchronized List<Term> all() {
        List<Term> all = new ArrayList<>(terms);
        if (!holder.isEmpty()) {
            all.add(new Term(holder, begin, Long.MAX_VALUE));
        }
        return all;
    }

    /** The term that lasts, if any. */
    synchronized Term last() {
        return new Term(holder, begin, Long.MAX_VALUE);
    }

    /** The writes that their writer made outside its terms. */
    List<Write> outside(List<Write> writes) {
        List<Term> all = all();
        return writes.stream().filter(write -> all.stream().noneMatch(term -> term.covers(write))).toList();
    }
}
