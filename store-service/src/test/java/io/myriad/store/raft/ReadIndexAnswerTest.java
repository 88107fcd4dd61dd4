package io.myriad.store.raft;

import java.util.ArrayList;
import java.util.List;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.error.RaftError;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class ReadIndexAnswerTest {

    private final List<Status> answers = new ArrayList<>();
    private final ReadIndexAnswer answer = new ReadIndexAnswer(answers::add);

    @Test
    void aRefusalAfterTheTimeIsUpIsNoSecondAnswer() {
        Status timeout = new Status(RaftError.ETIMEDOUT, "given up");
        answer.run(timeout, ReadIndexClosure.INVALID_LOG_INDEX, new byte[0]);
        answer.run(new Status(RaftError.EPERM, "not leader"), ReadIndexClosure.INVALID_LOG_INDEX, new byte[0]);
        assertThat(answers).containsExactly(timeout);
    }

    @Test
    void aSuccessIsHandedOn() {
        answer.run(Status.OK());
        assertThat(answers).singleElement().matches(Status::isOk);
    }
}
