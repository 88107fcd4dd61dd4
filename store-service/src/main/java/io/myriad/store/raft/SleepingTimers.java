package io.myriad.store.raft;

import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.timer.DefaultRaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.DefaultTimer;
import com.alipay.sofa.jraft.util.timer.Timer;

/**
 * Raft's timers, on threads that sleep until something is due. JRaft's own are hashed wheels for tens of thousands of timeouts: each of the three that a member has
 * wakes a thread a thousand times a second for a single timeout, which was a third of all that an idle cluster did. JRaft finds this class through
 * {@code META-INF/services}.
 */
@SPI(priority = 1)
public final class SleepingTimers extends DefaultRaftTimerFactory {
    @Override
    public Timer createTimer(String name) {
        return new DefaultTimer(1, name);
    }
}
