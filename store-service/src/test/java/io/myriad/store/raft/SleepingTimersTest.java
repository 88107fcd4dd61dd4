package io.myriad.store.raft;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.alipay.sofa.jraft.util.JRaftServiceLoader;
import com.alipay.sofa.jraft.util.timer.RaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SleepingTimersTest {
    @Test
    void raftFindsThem() {
        assertThat(JRaftServiceLoader.load(RaftTimerFactory.class).first()).isInstanceOf(SleepingTimers.class);
    }

    @Test
    void whatIsDueRunsAndWhatIsCancelledDoesNot() throws InterruptedException {
        Timer timer = new SleepingTimers().getElectionTimer(false, "test");
        try {
            CountDownLatch cancelled = new CountDownLatch(1);
            CountDownLatch due = new CountDownLatch(1);
            Timeout first = timer.newTimeout(timeout -> cancelled.countDown(), 20, TimeUnit.MILLISECONDS);
            timer.newTimeout(timeout -> due.countDown(), 40, TimeUnit.MILLISECONDS);
            assertThat(first.cancel()).isTrue();
            assertThat(due.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(cancelled.getCount()).isEqualTo(1);
        } finally {
            timer.stop();
        }
    }
}
