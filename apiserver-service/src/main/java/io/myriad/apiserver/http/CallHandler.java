package io.myriad.apiserver.http;

/** Answers requests. Called on a virtual thread for each request; may block. */
public interface CallHandler {
    /** Answers the call, now or later; whatever it throws ends the call with 500. */
    void handle(HttpCall call);
}
