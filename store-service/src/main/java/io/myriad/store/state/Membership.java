package io.myriad.store.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.myriad.store.api.Member;

/**
 * Who belongs to the cluster: replicated state, and the truth about it. Which members vote on the log follows it.
 *
 * @param known whether the cluster has been told who it was made of; until then there is only what members said of themselves
 * @param members by number, in etcd's order
 * @param removed numbers that were members once; such a number never comes back
 */
public record Membership(boolean known, SortedMap<Long, Member> members, SortedSet<Long> removed) {

    /** Before anything is known. */
    public static final Membership UNKNOWN = new Membership(false, new TreeMap<>(Long::compareUnsigned),
            new TreeSet<>(Long::compareUnsigned));

    /** Takes over sorted collections, which nobody may change any more. */
    public Membership {
        members = Collections.unmodifiableSortedMap(members);
        removed = Collections.unmodifiableSortedSet(removed);
    }

    /** The member of a number; null if there is none. */
    public @Nullable Member get(long id) {
        return members.get(id);
    }

    /** All members, by number. */
    public List<Member> list() {
        return List.copyOf(members.values());
    }

    /** Members whose vote counts. */
    public List<Member> voters() {
        return matching(member -> !member.getIsLearner());
    }

    /** Members that get the log and have no vote. */
    public List<Member> learners() {
        return matching(Member::getIsLearner);
    }

    private List<Member> matching(Predicate<Member> condition) {
        return members.values().stream().filter(condition).toList();
    }

    /** Whether a number is that of a learner. */
    public boolean isLearner(long id) {
        Member member = members.get(id);
        return member != null && member.getIsLearner();
    }

    /** This, with the members that the cluster was made of, unless they are known. What members said of themselves stays. */
    public Membership begin(Collection<Member> initial) {
        if (known) {
            return this;
        }
        SortedMap<Long, Member> next = new TreeMap<>(Long::compareUnsigned);
        for (Member member : initial) {
            Member said = members.get(member.getID());
            next.put(member.getID(), said == null ? member : withAttributes(member, said));
        }
        return new Membership(true, next, removed);
    }

    /** This, with a member in place of the one with the same number. */
    Membership with(Member member) {
        SortedMap<Long, Member> next = new TreeMap<>(members);
        next.put(member.getID(), member);
        return new Membership(known, next, removed);
    }

    /** This, with what a member says of itself; nothing if it was removed. */
    Membership withAttributesOf(Member said) {
        Member member = members.get(said.getID());
        return removed.contains(said.getID()) || known && member == null
                ? this
                : with(withAttributes(member == null ? said : member, said));
    }

    private static Member withAttributes(Member member, Member said) {
        return member.toBuilder().setName(said.getName()).clearClientURLs().addAllClientURLs(said.getClientURLsList())
                .build();
    }

    /** This without a member. */
    public Membership without(long id) {
        SortedMap<Long, Member> next = new TreeMap<>(members);
        next.remove(id);
        SortedSet<Long> gone = new TreeSet<>(removed);
        gone.add(id);
        return new Membership(known, next, gone);
    }

    /** As it is kept on disk: whether it is known, the members, and who was removed. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeBoolean(known);
            out.writeInt(members.size());
            for (Member member : members.values()) {
                byte[] message = member.toByteArray();
                out.writeInt(message.length);
                out.write(message);
            }
            out.writeInt(removed.size());
            for (long id : removed) {
                out.writeLong(id);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not in memory
        }
        return bytes.toByteArray();
    }

    /** What {@link #toBytes} wrote. */
    public static Membership read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        boolean known = in.readBoolean();
        List<Member> members = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("the list of members says that one has " + length + " bytes");
            }
            members.add(Member.parseFrom(in.readNBytes(length)));
        }
        SortedMap<Long, Member> byId = new TreeMap<>(Long::compareUnsigned);
        members.forEach(member -> byId.put(member.getID(), member));
        SortedSet<Long> removed = new TreeSet<>(Long::compareUnsigned);
        for (int left = in.readInt(); left > 0; left--) {
            removed.add(in.readLong());
        }
        return new Membership(known, byId, removed);
    }
}
