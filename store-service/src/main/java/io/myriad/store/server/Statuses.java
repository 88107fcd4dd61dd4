package io.myriad.store.server;

import java.util.EnumMap;
import java.util.Map;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;

import io.myriad.store.state.StoreError;

/** Store errors as gRPC statuses. */
final class Statuses {

    private static final Map<StoreError, StatusException> EXCEPTIONS = new EnumMap<>(StoreError.class);

    static {
        for (StoreError error : StoreError.values()) {
            EXCEPTIONS.put(error,
                    new Stackless(Status.Code.valueOf(error.code().name()).toStatus().withDescription(error.text())));
        }
    }

    private Statuses() {}

    /** The exception that ends a call with an error; shared, without a stack trace. */
    static StatusException of(StoreError error) {
        return java.util.Objects.requireNonNull(EXCEPTIONS.get(error));
    }

    static StatusException unimplemented(String what) {
        return new Stackless(Status.UNIMPLEMENTED.withDescription(what));
    }

    static StatusException invalid(String why) {
        return new Stackless(Status.INVALID_ARGUMENT.withDescription(why));
    }

    /** An error of what is built on keys: a text without a code. */
    static StatusException unknown(String text) {
        return new Stackless(Status.UNKNOWN.withDescription(text));
    }

    static StatusException internal() {
        return new Stackless(Status.INTERNAL.withDescription("internal error"));
    }

    private static final class Stackless extends StatusException {
        private static final long serialVersionUID = 1L;

        Stackless(Status status) {
            super(status, new Metadata());
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
