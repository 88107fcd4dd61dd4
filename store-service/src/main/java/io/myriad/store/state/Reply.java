package io.myriad.store.state;

import io.myriad.store.wire.WireMessage;

/** What an operation is answered with: a message or an error. */
public sealed interface Reply permits Reply.Message, StoreError {

    /** The operation succeeded. */
    record Message(WireMessage message) implements Reply {}

    static Reply of(WireMessage message) {
        return new Message(message);
    }
}
