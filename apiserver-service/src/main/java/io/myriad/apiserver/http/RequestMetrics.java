package io.myriad.apiserver.http;

/** Counts requests. */
interface RequestMetrics {
    /** A request begins; the result is called when its handler has returned. */
    Runnable started(HttpCall call, RequestInfo info);

    /** A request was turned away because there are too many. */
    void dropped(RequestInfo info);
}
