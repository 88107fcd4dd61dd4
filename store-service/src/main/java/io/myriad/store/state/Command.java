package io.myriad.store.state;

/**
 * What a replicated operation is. The number goes into the log and never changes its meaning; the payload is the request as {@code rpc.proto} defines it, unless said
 * otherwise.
 */
public enum Command {
    PUT(1),
    DELETE_RANGE(2),
    TXN(3),
    COMPACT(4),
    /** The lease's number is filled in by the proposer. */
    LEASE_GRANT(5),
    LEASE_REVOKE(6),
    /** A leader saw a lease run out: a LeaseRevokeRequest, valid only in the term of the leader that proposed it. Field 2 of the payload is that term. */
    LEASE_EXPIRE(7),
    /** A member tells where clients reach it: a {@code Member} with its number and client URLs. */
    MEMBER_PUBLISH(8),
    /** A client raises an alarm or takes it back: an AlarmRequest. */
    ALARM(9),
    /** A member's quota raises an alarm or takes back what it raised: an AlarmRequest. */
    QUOTA_ALARM(10),
    /** One of the others, with who proposed it: an {@link Authorized}. */
    AUTHORIZED(11),
    /** The payload is the secret that simple tokens are signed with. */
    AUTH_ENABLE(12),
    AUTH_DISABLE(13),
    /** The password is left out, its hash is there. */
    USER_ADD(14),
    USER_DELETE(15),
    USER_CHANGE_PASSWORD(16),
    USER_GRANT_ROLE(17),
    USER_REVOKE_ROLE(18),
    ROLE_ADD(19),
    ROLE_DELETE(20),
    ROLE_GRANT_PERMISSION(21),
    ROLE_REVOKE_PERMISSION(22),
    /** The first leader tells who the cluster was made of: a MemberListResponse. Does nothing the second time. */
    MEMBERS_INITIAL(23),
    /** How many learners there may be, 4 bytes; then the {@code Member} to add. */
    MEMBER_ADD(24),
    MEMBER_REMOVE(25),
    MEMBER_UPDATE(26),
    MEMBER_PROMOTE(27),
    /** A leader tells what leases have left: a {@link LeaseCheckpoint}, valid only in the term of the leader that proposed it. */
    LEASE_CHECKPOINT(28);

    private static final Command[] BY_NUMBER = new Command[values().length + 1];

    static {
        for (Command command : values()) {
            BY_NUMBER[command.number] = command;
        }
    }

    private final byte number;

    Command(int number) {
        this.number = (byte) number;
    }

    public byte number() {
        return number;
    }

    /** The command of a number in the log; an unknown one is from a newer format and cannot be skipped. */
    public static Command of(byte number) {
        if (number < 1 || number >= BY_NUMBER.length) {
            throw new IllegalStateException("the log holds operation " + number + ", which this version does not know");
        }
        return BY_NUMBER[number];
    }
}
