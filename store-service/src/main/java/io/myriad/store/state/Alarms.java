package io.myriad.store.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The alarms that are raised: a member tells the whole cluster that something is wrong with it. The apply thread changes them, any thread reads them.
 *
 * <p>An alarm that a quota has raised is taken back by its member as soon as there is room again; one that a client has raised stays until a client takes it back, as with etcd.
 */
public final class Alarms {

    /** Alarms that can be raised at a time: clients may name members that do not exist. */
    public static final int MAX_ALARMS = 1000;

    private static final Comparator<Alarm> ORDER = Comparator.comparing(Alarm::type)
            .thenComparing(Alarm::memberId, Long::compareUnsigned);

    private volatile List<Alarm> raised = List.of();

    /** What is wrong. Numbers are those of the protocol, in which 0 is none. */
    public enum Type {
        NO_SPACE, CORRUPT;

        private static final Type[] VALUES = values();

        /** The number of {@code AlarmType}. */
        public int number() {
            return ordinal() + 1;
        }

        /** The type of a number, null if there is none. */
        public static @Nullable Type of(int number) {
            return number < 1 || number > VALUES.length ? null : VALUES[number - 1];
        }
    }

    /**
     * One alarm.
     *
     * @param memberId whose it is
     * @param byQuota whether a quota has raised it, and may take it back
     */
    public record Alarm(long memberId, Type type, boolean byQuota) {

        private boolean isSame(Alarm other) {
            return memberId == other.memberId && type == other.type;
        }
    }

    /** All alarms, by type and member. */
    public List<Alarm> all() {
        return raised;
    }

    /** Whether any member has raised an alarm of a type. */
    public boolean isRaised(Type type) {
        List<Alarm> current = raised;
        return !current.isEmpty() && current.stream().anyMatch(alarm -> alarm.type == type);
    }

    /** Raises an alarm; false if there are too many. One that is raised already becomes the client's if a client raises it again. */
    boolean raise(Alarm alarm) {
        List<Alarm> next = new ArrayList<>(raised);
        Alarm before = next.stream().filter(alarm::isSame).findFirst().orElse(null);
        if (before == null && next.size() >= MAX_ALARMS) {
            return false;
        }
        next.remove(before);
        next.add(before == null
                ? alarm
                : new Alarm(alarm.memberId, alarm.type, alarm.byQuota && before.byQuota));
        next.sort(ORDER);
        raised = List.copyOf(next);
        return true;
    }

    /** Takes an alarm back; false if it was not raised. A quota takes back only what a quota has raised. */
    boolean lower(Alarm alarm) {
        List<Alarm> next = new ArrayList<>(raised);
        boolean lowered = next.removeIf(each -> each.isSame(alarm) && (each.byQuota || !alarm.byQuota));
        raised = List.copyOf(next);
        return lowered;
    }

    /** Replaces all alarms by those of a snapshot. */
    void restore(Collection<Alarm> alarms) {
        raised = alarms.stream().sorted(ORDER).toList();
    }
}
