package io.myriad.cli.process;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When a process counts as ended. */
final class ProcessIdentityTest {

    @Test
    void aRunningProcessHasTheBirthThatTheKernelCounts() {
        assertThat(ProcessIdentity.birthIn(stat('S', 31))).contains("4711");
    }

    @Test
    void aZombieThatIsTheLastThreadHasEnded() {
        assertThat(ProcessIdentity.birthIn(stat('Z', 1))).isEmpty();
        assertThat(ProcessIdentity.birthIn(stat('X', 1))).isEmpty();
    }

    @Test
    void whatItsOtherThreadsStillHoldIsNotFreeYet() {
        assertThat(ProcessIdentity.birthIn(stat('Z', 2))).contains("4711");
    }

    /** Fields as proc_pid_stat(5) names them; the command's name is meant to confuse. */
    private static String stat(char state, int threads) {
        return "77 (a (b) Z 1) " + state + " 1 77 77 0 -1 4194560 1 0 0 0 5 2 0 0 20 0 " + threads
                + " 0 4711 0 0 18446744073709551615";
    }
}
