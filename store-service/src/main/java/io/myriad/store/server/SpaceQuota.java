package io.myriad.store.server;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmType;
import io.myriad.store.state.Alarms;
import io.myriad.store.state.Command;
import io.myriad.store.state.Operation;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;

/**
 * What all keys together may take, history included. The member that would exceed it refuses the operation and raises the alarm of no space, with which the whole cluster refuses what
 * adds. Deletions, compactions and revocations always work, and when they have made room the member takes its alarm back.
 *
 * <p>Operations that are under way when the limit is reached still happen, so it may be exceeded by what a member has in flight. Thread-safe.
 */
final class SpaceQuota {

    /** Below this share of the limit, in percent, there is room again: the member is not to change its mind with every write. */
    static final int ROOM_PERCENT = 95;

    private static final Logger LOG = LoggerFactory.getLogger(SpaceQuota.class);

    private final long limitBytes;
    private final long memoryLimitBytes;
    private final long memberId;
    private final Alarms alarms;
    private final Proposer proposer;
    private final AtomicBoolean proposing = new AtomicBoolean();

    /**
     * @param limitBytes how much all key-values may take; negative is no limit
     * @param memoryLimitBytes how much may be in memory: the index and the values that were not let go
     */
    SpaceQuota(long limitBytes, long memoryLimitBytes, long memberId, Alarms alarms, Proposer proposer) {
        this.limitBytes = limitBytes;
        this.memoryLimitBytes = memoryLimitBytes;
        this.memberId = memberId;
        this.alarms = alarms;
        this.proposer = proposer;
    }

    /** Whether there is room for an operation. Those that only take away always have room. */
    boolean admits(Command command, @Nullable Operation decoded, int payloadBytes, long keyValueBytes,
            long memoryBytes) {
        return !adds(command, decoded) || (limitBytes < 0 || keyValueBytes + payloadBytes <= limitBytes)
                && memoryBytes + payloadBytes <= memoryLimitBytes;
    }

    private static boolean adds(Command command, @Nullable Operation decoded) {
        return switch (command) {
            case PUT, LEASE_GRANT -> true;
            case TXN -> decoded == null || decoded.mayPut();
            default -> false;
        };
    }

    /** Refuses an operation and raises the alarm first, so that who is refused can see why. */
    void refuse(long memoryBytes, Consumer<Reply> completion) {
        if (alarms.isRaised(Alarms.Type.NO_SPACE) || !propose(AlarmRequest.AlarmAction.ACTIVATE,
                () -> completion.accept(StoreError.NO_SPACE))) {
            completion.accept(StoreError.NO_SPACE);
            return;
        }
        if (memoryBytes >= memoryLimitBytes / 100 * ROOM_PERCENT) {
            LOG.warn(
                    "keys take as much memory as they may, {} MiB: what adds is refused. Compaction helps, and more memory for the process",
                    memoryLimitBytes >> 20);
        } else {
            LOG.warn("keys take as much as they may, {} bytes: what adds is refused", limitBytes);
        }
    }

    /** Takes the own alarm back when there is room. To be called several times a second. */
    void doWork(long keyValueBytes, long memoryBytes) {
        if (!alarms.all().contains(new Alarms.Alarm(memberId, Alarms.Type.NO_SPACE, true))) {
            return;
        }
        if ((limitBytes < 0 || keyValueBytes <= limitBytes / 100 * ROOM_PERCENT)
                && memoryBytes <= memoryLimitBytes / 100 * ROOM_PERCENT) {
            propose(AlarmRequest.AlarmAction.DEACTIVATE, () -> {});
        }
    }

    /** False if another change of the alarm is under way. */
    private boolean propose(AlarmRequest.AlarmAction action, Runnable then) {
        if (!proposing.compareAndSet(false, true)) {
            return false;
        }
        byte[] request = AlarmRequest.newBuilder().setAction(action).setMemberID(memberId)
                .setAlarm(AlarmType.NOSPACE).build().toByteArray();
        proposer.propose(Command.QUOTA_ALARM, request, reply -> {
            proposing.set(false);
            if (reply instanceof StoreError error) {
                LOG.warn("The alarm of no space could not be changed: {}", error.text());
            } else if (action == AlarmRequest.AlarmAction.DEACTIVATE) {
                LOG.info("there is room for keys again");
            }
            then.run();
        });
        return true;
    }
}
