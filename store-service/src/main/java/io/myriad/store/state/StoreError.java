package io.myriad.store.state;

/** Errors that clients can receive, with the texts and status codes of etcd: clients compare both. */
public enum StoreError implements Reply {

    EMPTY_KEY(Code.INVALID_ARGUMENT, "etcdserver: key is not provided"),
    KEY_NOT_FOUND(Code.INVALID_ARGUMENT, "etcdserver: key not found"),
    VALUE_PROVIDED(Code.INVALID_ARGUMENT, "etcdserver: value is provided"),
    LEASE_PROVIDED(Code.INVALID_ARGUMENT, "etcdserver: lease is provided"),
    TOO_MANY_OPERATIONS(Code.INVALID_ARGUMENT, "etcdserver: too many operations in txn request"),
    DUPLICATE_KEY(Code.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request"),
    INVALID_SORT_OPTION(Code.INVALID_ARGUMENT, "etcdserver: invalid sort option"),
    COMPACTED(Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted"),
    FUTURE_REVISION(Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision"),
    NO_SPACE(Code.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded"),
    LEASE_NOT_FOUND(Code.NOT_FOUND, "etcdserver: requested lease not found"),
    LEASE_EXISTS(Code.FAILED_PRECONDITION, "etcdserver: lease already exists"),
    LEASE_TTL_TOO_LARGE(Code.OUT_OF_RANGE, "etcdserver: too large lease TTL"),
    REQUEST_TOO_LARGE(Code.INVALID_ARGUMENT, "etcdserver: request is too large"),
    TOO_MANY_REQUESTS(Code.RESOURCE_EXHAUSTED, "etcdserver: too many requests"),
    /** Not etcd's, which ends when memory has no room for an answer. */
    RESPONSE_TOO_LARGE(Code.RESOURCE_EXHAUSTED,
            "etcdserver: response is too large for memory: ask for fewer keys at once (limit), or with RangeStream"),
    NO_LEADER(Code.UNAVAILABLE, "etcdserver: no leader"),
    NOT_LEADER(Code.FAILED_PRECONDITION, "etcdserver: not leader"),
    BAD_LEADER_TRANSFEREE(Code.FAILED_PRECONDITION, "etcdserver: bad leader transferee"),
    STOPPED(Code.UNAVAILABLE, "etcdserver: server stopped"),
    TIMEOUT(Code.UNAVAILABLE, "etcdserver: request timed out"),
    TIMEOUT_LEADER_FAILED(Code.UNAVAILABLE, "etcdserver: request timed out, possibly due to previous leader failure"),
    /** What a leader said of a lease was committed when its term was over. Never sent to a client. */
    EARLIER_TERM(Code.FAILED_PRECONDITION, "etcdserver: proposed by the leader of an earlier term"),
    WATCH_CANCELED(Code.CANCELLED, "etcdserver: watch canceled"),
    STREAM_SORT_UNSUPPORTED(Code.UNIMPLEMENTED, "RangeStream does not support custom sort orders"),
    STREAM_FILTER_UNSUPPORTED(Code.UNIMPLEMENTED, "RangeStream does not support revision filters"),
    CORRUPT(Code.DATA_LOSS, "etcdserver: corrupt cluster"),
    TIMEOUT_LEADER_TRANSFER(Code.UNAVAILABLE, "etcdserver: request timed out, leader transfer took too long"),
    ROOT_USER_NOT_FOUND(Code.FAILED_PRECONDITION, "etcdserver: root user does not exist"),
    ROOT_ROLE_NOT_GRANTED(Code.FAILED_PRECONDITION, "etcdserver: root user does not have root role"),
    USER_EXISTS(Code.FAILED_PRECONDITION, "etcdserver: user name already exists"),
    USER_EMPTY(Code.INVALID_ARGUMENT, "etcdserver: user name is empty"),
    USER_NOT_FOUND(Code.FAILED_PRECONDITION, "etcdserver: user name not found"),
    ROLE_EXISTS(Code.FAILED_PRECONDITION, "etcdserver: role name already exists"),
    ROLE_NOT_FOUND(Code.FAILED_PRECONDITION, "etcdserver: role name not found"),
    ROLE_EMPTY(Code.INVALID_ARGUMENT, "etcdserver: role name is empty"),
    AUTH_FAILED(Code.INVALID_ARGUMENT, "etcdserver: authentication failed, invalid user ID or password"),
    PERMISSION_NOT_GIVEN(Code.INVALID_ARGUMENT, "etcdserver: permission not given"),
    PERMISSION_DENIED(Code.PERMISSION_DENIED, "etcdserver: permission denied"),
    ROLE_NOT_GRANTED(Code.FAILED_PRECONDITION, "etcdserver: role is not granted to the user"),
    PERMISSION_NOT_GRANTED(Code.FAILED_PRECONDITION, "etcdserver: permission is not granted to the role"),
    AUTH_NOT_ENABLED(Code.FAILED_PRECONDITION, "etcdserver: authentication is not enabled"),
    INVALID_AUTH_TOKEN(Code.UNAUTHENTICATED, "etcdserver: invalid auth token"),
    INVALID_AUTH_MANAGEMENT(Code.INVALID_ARGUMENT, "etcdserver: invalid auth management"),
    AUTH_OLD_REVISION(Code.INVALID_ARGUMENT, "etcdserver: revision of auth store is old"),
    WRONG_DOWNGRADE_FORMAT(Code.INVALID_ARGUMENT, "etcdserver: wrong downgrade target version format"),
    INVALID_DOWNGRADE_TARGET(Code.INVALID_ARGUMENT, "etcdserver: invalid downgrade target version"),
    MEMBER_EXISTS(Code.FAILED_PRECONDITION, "etcdserver: member ID already exist"),
    PEER_URL_EXISTS(Code.FAILED_PRECONDITION, "etcdserver: Peer URLs already exists"),
    /** etcd gives this one no code. */
    MEMBERS_NOT_STARTED(Code.UNKNOWN, "etcdserver: re-configuration failed due to not enough started members"),
    MEMBER_URLS_INVALID(Code.INVALID_ARGUMENT, "etcdserver: given member URLs are invalid"),
    MEMBER_NOT_FOUND(Code.NOT_FOUND, "etcdserver: member not found"),
    MEMBER_NOT_LEARNER(Code.FAILED_PRECONDITION, "etcdserver: can only promote a learner member"),
    LEARNER_NOT_READY(Code.FAILED_PRECONDITION,
            "etcdserver: can only promote a learner member which is in sync with leader"),
    TOO_MANY_LEARNERS(Code.FAILED_PRECONDITION, "etcdserver: too many learner members in cluster"),
    UNHEALTHY(Code.UNAVAILABLE, "etcdserver: unhealthy cluster"),
    NOT_FOR_LEARNERS(Code.FAILED_PRECONDITION, "etcdserver: rpc not supported for learner"),
    /** Not etcd's, which always listens for members. */
    NO_PEER_LISTENER(Code.FAILED_PRECONDITION,
            "this member listens for no others: it was started without --listen-peer-urls");

    private final Code code;
    private final String text;

    StoreError(Code code, String text) {
        this.code = code;
        this.text = text;
    }

    public Code code() {
        return code;
    }

    public String text() {
        return text;
    }

    /** Status codes by their gRPC names. */
    public enum Code {
        CANCELLED,
        INVALID_ARGUMENT,
        NOT_FOUND,
        RESOURCE_EXHAUSTED,
        FAILED_PRECONDITION,
        OUT_OF_RANGE,
        UNIMPLEMENTED,
        UNAVAILABLE,
        DATA_LOSS,
        PERMISSION_DENIED,
        UNAUTHENTICATED,
        UNKNOWN
    }
}
