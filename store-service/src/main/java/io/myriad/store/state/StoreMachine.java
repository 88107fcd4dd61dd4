package io.myriad.store.state;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.mvcc.CompactedException;
import io.myriad.store.mvcc.Footprint;
import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.MvccStore;
import io.myriad.store.mvcc.RangeQuery;
import io.myriad.store.mvcc.RangeResult;
import io.myriad.store.mvcc.ReadView;
import io.myriad.store.mvcc.ResultTooLargeException;
import io.myriad.store.mvcc.RevisionStatus;
import io.myriad.store.mvcc.StoreView;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.mvcc.ValueFigures;
import io.myriad.store.mvcc.ValueSource;
import io.myriad.store.mvcc.WriteView;
import io.myriad.store.wire.WireMessage;
import io.myriad.store.wire.WireReader;

/**
 * Applies operations to keys and leases and answers them. One thread applies; {@link #view}, {@link #leases} and {@link #readTxn} are for any thread.
 *
 * <p>An operation is checked completely before it changes anything, so that it either happens as a whole or not at all.
 */
public final class StoreMachine {

    /** Shortest time to live in seconds; a shorter one asked for is raised. etcd's rule: one and a half election timeouts, rounded up. */
    public static final long MIN_TTL_SECONDS = 2;

    private final ResponseHeader header;
    private final LeaseClock clock;
    private final LongSupplier nanoTime;
    private volatile Membership membership = Membership.UNKNOWN;
    private volatile MvccStore store = new MvccStore();
    private volatile LeaseTable leases = new LeaseTable();
    private final Alarms alarms = new Alarms();
    private volatile AuthState auth = AuthState.EMPTY;
    private final OperationCounts counts = new OperationCounts();
    private LongSupplier keptRevision = () -> Long.MAX_VALUE;
    private MvccStore.Removals removals = (modRevision, subRevision) -> {};
    private final ValueFigures valueFigures = new ValueFigures();
    private @Nullable ValueSource valueSource;
    private ValueBudget valueBudget = ValueBudget.UNLIMITED;

    public StoreMachine(ResponseHeader header, LeaseClock clock, LongSupplier nanoTime) {
        this.header = header;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** The published state of all keys. */
    public StoreView view() {
        return store.view();
    }

    public LeaseTable leases() {
        return leases;
    }

    /** What members have found wrong with themselves. Any thread may read it. */
    public Alarms alarms() {
        return alarms;
    }

    /** Users, roles and whether they count. Any thread. */
    public AuthState auth() {
        return auth;
    }

    /** What this member has done since its start. */
    public OperationCounts counts() {
        return counts;
    }

    public ResponseHeader header() {
        return header;
    }

    /** What all versions take that are kept. The apply thread. */
    public Footprint footprint() {
        return store.footprint();
    }

    /** Bytes that memory does not hold because values were let go. Any thread. */
    public long savedBytes() {
        return store.savedBytes();
    }

    /** What happened to values that memory has no room for. */
    public ValueFigures valueFigures() {
        return valueFigures;
    }

    /** From now on values that lie elsewhere too need not be in memory. Before anything is applied. */
    void keepValuesIn(ValueSource source, ValueBudget budget) {
        valueSource = source;
        valueBudget = budget;
        store.keepValuesIn(source, budget, valueFigures);
    }

    /** Takes the versions of a store that will take the place of this machine's. */
    MvccStore.Loader loader(long revision, long compactedRevision, long storedBytes) {
        return valueSource == null
                ? new MvccStore.Loader(revision, compactedRevision)
                : new MvccStore.Loader(revision, compactedRevision, valueSource, valueBudget, valueFigures,
                        storedBytes);
    }

    /** Events after the revision that the supplier gives survive compaction; see {@link MvccStore#keepHistoryAfter}. */
    public void keepHistoryAfter(LongSupplier revision) {
        keptRevision = revision;
        store.keepHistoryAfter(revision);
    }

    /** See {@link MvccStore#onRemoval}. */
    void onRemoval(MvccStore.Removals consumer) {
        removals = consumer;
        store.onRemoval(consumer);
    }

    /** Makes what was applied visible to readers. */
    public void publish() {
        store.publish();
    }

    MvccStore store() {
        return store;
    }

    /** Replaces the whole state by a snapshot's. */
    void restore(MvccStore restoredStore, LeaseTable restoredLeases, StateSections sections) {
        alarms.restore(sections.alarms());
        auth = sections.auth();
        membership = sections.membership();
        restoredStore.keepHistoryAfter(keptRevision);
        restoredStore.onRemoval(removals);
        store = restoredStore;
        leases = restoredLeases;
    }

    /** Applies one operation that somebody waits for here. */
    public Reply apply(Command command, byte[] payload, @Nullable Operation decoded, long term) {
        return apply(command, payload, decoded, term, true);
    }

    /**
     * Applies one operation.
     *
     * @param decoded the payload as an operation on keys if the caller has it; read from the payload otherwise
     * @param term the term of the log entry
     * @param answered whether somebody waits for the answer here; if not, values that only it needs are not read for it
     */
    public Reply apply(Command command, byte[] payload, @Nullable Operation decoded, long term, boolean answered) {
        // A member that has not seen yet that authentication was enabled lets its clients through; the log does not.
        boolean secretMissing = command == Command.AUTH_ENABLE && auth.secret().isEmpty();
        return auth.enabled() && isOfClients(command) && !secretMissing
                ? StoreError.USER_EMPTY
                : applyPermitted(command, payload, decoded, term, answered);
    }

    /** What members never propose of their own accord. */
    private static boolean isOfClients(Command command) {
        return switch (command) {
            case COMPACT, LEASE_EXPIRE, LEASE_CHECKPOINT, QUOTA_ALARM, AUTHORIZED, MEMBER_PUBLISH, MEMBERS_INITIAL,
                    MEMBER_ADD, MEMBER_REMOVE, MEMBER_UPDATE, MEMBER_PROMOTE ->
                false;
            default -> true;
        };
    }

    private Reply applyPermitted(Command command, byte[] payload, @Nullable Operation decoded, long term,
            boolean answered) {
        if (changesKeys(command) && alarms.isRaised(Alarms.Type.CORRUPT)) {
            return StoreError.CORRUPT;
        }
        return switch (command) {
            case PUT, DELETE_RANGE, TXN -> {
                Operation operation = decoded != null ? decoded : OperationDecoder.operation(command, payload);
                yield change(answered ? operation : operation.unanswered(), term);
            }
            case COMPACT -> compact(payload, term);
            case LEASE_GRANT -> grant(payload, term);
            case LEASE_REVOKE -> revoke(LeaseRequest.read(payload).first(), term);
            case LEASE_EXPIRE -> {
                LeaseRequest request = LeaseRequest.read(payload);
                yield request.second() == term ? revoke(request.first(), term) : StoreError.EARLIER_TERM;
            }
            case LEASE_CHECKPOINT -> checkpoint(LeaseCheckpoint.read(payload), term);
            case MEMBER_PUBLISH, MEMBERS_INITIAL, MEMBER_ADD, MEMBER_REMOVE, MEMBER_UPDATE, MEMBER_PROMOTE ->
                changeMembers(command, payload, term);
            case ALARM, QUOTA_ALARM -> AlarmOperation.apply(alarms, payload, command == Command.QUOTA_ALARM,
                    header.field(store.latest().revision(), term));
            case AUTHORIZED -> authorized(Authorized.read(payload), decoded, term, answered);
            case AUTH_ENABLE, AUTH_DISABLE, USER_ADD, USER_DELETE, USER_CHANGE_PASSWORD, USER_GRANT_ROLE,
                    USER_REVOKE_ROLE, ROLE_ADD, ROLE_DELETE, ROLE_GRANT_PERMISSION, ROLE_REVOKE_PERMISSION ->
                changeAuth(command, payload, term);
        };
    }

    private Reply authorized(Authorized authorized, @Nullable Operation decoded, long term, boolean answered) {
        if (authorized.command() == Command.AUTHORIZED) {
            throw new IllegalStateException("an operation within an operation within an operation");
        }
        StoreError error = AuthRules.check(auth, leases, authorized, decoded);
        return error != null
                ? error
                : applyPermitted(authorized.command(), authorized.payload(), decoded, term, answered);
    }

    private Reply change(Operation operation, long term) {
        return switch (operation) {
            case Operation.Put put -> put(put, term);
            case Operation.DeleteRange delete -> deleteRange(delete, term);
            case Operation.Txn txn -> txn(txn, term);
            case Operation.Range range -> throw new IllegalStateException("a range in the log");
            case Operation.Empty empty -> throw new IllegalStateException("an empty operation in the log");
        };
    }

    private Reply changeAuth(Command command, byte[] payload, long term) {
        return switch (AuthOperation.apply(auth, command, payload)) {
            case AuthOperation.Outcome.Refused refused -> refused.error();
            case AuthOperation.Outcome.Next next -> {
                auth = next.state();
                yield Reply.of(Responses.headerOnly(header.field(store.latest().revision(), term)));
            }
        };
    }

    /** What a corrupt cluster refuses. */
    private static boolean changesKeys(Command command) {
        return switch (command) {
            case PUT, DELETE_RANGE, TXN, COMPACT, LEASE_GRANT, LEASE_REVOKE, LEASE_EXPIRE -> true;
            default -> false;
        };
    }

    /** What adds is refused while a member has no space; what takes away is not. */
    private @Nullable StoreError refusalToAdd() {
        return alarms.isRaised(Alarms.Type.NO_SPACE) ? StoreError.NO_SPACE : null;
    }

    private Reply put(Operation.Put put, long term) {
        StoreError refusal = refusalToAdd();
        StoreError error = refusal != null ? refusal : checkPut(put, store.latest());
        if (error != null) {
            return error;
        }
        WriteView write = store.begin();
        KeyVersion before = doPut(put, write);
        write.commit();
        return Reply.of(Responses.put(header.field(store.latest().revision(), term), put.previous() ? before : null));
    }

    private @Nullable StoreError checkPut(Operation.Put put, ReadView view) {
        if (put.lease() != 0 && leases.get(put.lease()) == null) {
            return StoreError.LEASE_NOT_FOUND;
        }
        return (put.ignoreValue() || put.ignoreLease()) && view.get(put.key()) == null
                ? StoreError.KEY_NOT_FOUND
                : null;
    }

    private @Nullable KeyVersion doPut(Operation.Put put, WriteView write) {
        counts.puts().increment();
        KeyVersion current = put.ignoreValue() || put.ignoreLease() ? write.get(put.key()) : null;
        long lease = put.ignoreLease() && current != null ? current.fields().lease() : put.lease();
        KeyVersion before = write.put(put.key(), put.ignoreValue() && current != null ? current.value() : put.value(),
                lease);
        if (leases.size() > 0) {
            leases.move(put.key(), before == null ? 0 : before.fields().lease(), lease);
        }
        return before;
    }

    private Reply deleteRange(Operation.DeleteRange delete, long term) {
        WriteView write = store.begin();
        KeyVersion[] deleted = doDelete(delete.keys(), write);
        write.commit();
        return Reply
                .of(Responses.deleteRange(header.field(store.latest().revision(), term), deleted, delete.previous()));
    }

    private KeyVersion[] doDelete(KeyRange keys, WriteView write) {
        counts.deletes().increment();
        KeyVersion[] deleted = write.deleteRange(keys);
        if (leases.size() > 0) {
            for (KeyVersion version : deleted) {
                if (version != null) {
                    leases.move(version.key(), version.fields().lease(), 0);
                }
            }
        }
        return deleted;
    }

    private Reply txn(Operation.Txn txn, long term) {
        if (refusalToAdd() != null && txn.mayPut()) {
            return StoreError.NO_SPACE;
        }
        TxnPlan plan = TxnPlan.of(txn, store.latest());
        StoreError error = checkPlan(plan, store.latest());
        if (error != null) {
            return error;
        }
        WriteView write = store.begin();
        List<Responses.TxnPart> parts = execute(plan, write, write);
        write.commit();
        return Reply.of(Responses.txn(header.field(store.latest().revision(), term), plan.succeeded(), parts));
    }

    /** Answers a transaction that holds only ranges, from the newest view. */
    public Reply readTxn(Operation.Txn txn, long term) {
        return read(view -> {
            TxnPlan plan = TxnPlan.of(txn, view);
            StoreError error = checkPlan(plan, view);
            if (error == null && BytesToRead.of(plan.operations(), view) > valueBudget.resultBytes()) {
                error = StoreError.RESPONSE_TOO_LARGE;
            }
            return error != null
                    ? error
                    : Reply.of(Responses.txn(header.field(view.revision(), term), plan.succeeded(),
                            execute(plan, view, null)));
        });
    }

    /**
     * Whether memory has room for what an operation's answer needs, as far as the newest view can tell. Who is to answer it asks before it is proposed: once it is in the log it happens on
     * all members, and there is an answer to give. Any thread.
     */
    public boolean hasRoomForAnswer(Operation operation) {
        return hasRoomForAnyAnswer() || BytesToRead.of(operation, view()) <= valueBudget.resultBytes();
    }

    /** Whether so few values are not in memory that it has room for the answer to any operation. Any thread. */
    public boolean hasRoomForAnyAnswer() {
        return store.savedBytes() <= valueBudget.resultBytes();
    }

    /** Answers a range from the newest view. */
    public Reply range(Operation.Range range, long term) {
        counts.ranges().increment();
        return read(view -> {
            RangeResult result = view.range(range.query());
            if (result.status() == RevisionStatus.COMPACTED && range.query().revision() <= 0) {
                throw new CompactedException("the view");
            }
            StoreError error = errorOf(result.status());
            return error != null
                    ? error
                    : Reply.of(rangeResponse(header.field(result.revision(), term), range.query(), result));
        });
    }

    /** A view may be compacted while it is read; then there is a newer one, which is as good an answer. */
    private Reply read(Function<StoreView, Reply> query) {
        StoreView view = view();
        while (true) {
            try {
                return query.apply(view);
            } catch (ResultTooLargeException e) {
                return StoreError.RESPONSE_TOO_LARGE;
            } catch (CompactedException e) {
                StoreView newer = view();
                if (newer == view) {
                    throw new IllegalStateException("a value is not where it should be", e);
                }
                view = newer;
            }
        }
    }

    private static WireMessage rangeResponse(byte[] headerField, RangeQuery query, RangeResult result) {
        // etcd answers keys-only from its index, which knows no leases, unless it had to sort by values.
        return Responses.range(headerField, result, query.keysOnly(), query.target() == RangeQuery.Target.VALUE);
    }

    /** The error of a revision that cannot be read, null if it can. */
    public static @Nullable StoreError errorOf(RevisionStatus status) {
        return switch (status) {
            case AVAILABLE -> null;
            case COMPACTED -> StoreError.COMPACTED;
            case FUTURE -> StoreError.FUTURE_REVISION;
        };
    }

    private @Nullable StoreError checkPlan(TxnPlan plan, ReadView view) {
        int nested = 0;
        for (Operation operation : plan.operations()) {
            StoreError error = switch (operation) {
                case Operation.Range range -> errorOf(view.status(range.query().revision()));
                case Operation.Put put -> checkPut(put, view);
                case Operation.DeleteRange delete -> null;
                case Operation.Empty empty -> null;
                case Operation.Txn txn -> checkPlan(plan.nested().get(nested++), view);
            };
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private List<Responses.TxnPart> execute(TxnPlan plan, ReadView view, @Nullable WriteView write) {
        if (plan.operations().size() > 1) {
            counts.transactions().increment();
        }
        List<Responses.TxnPart> parts = new ArrayList<>(plan.operations().size());
        int nested = 0;
        for (Operation operation : plan.operations()) {
            switch (operation) {
                case Operation.Range range -> {
                    counts.ranges().increment();
                    RangeResult result = view.range(range.query());
                    if (result.status() != RevisionStatus.AVAILABLE) {
                        // It was when the plan was checked.
                        throw new CompactedException("what a transaction reads");
                    }
                    parts.add(new Responses.TxnPart(1,
                            rangeResponse(ResponseHeader.innerField(view.revision()), range.query(), result)));
                }
                case Operation.Put put -> {
                    KeyVersion before = doPut(put, writable(write));
                    parts.add(new Responses.TxnPart(2,
                            Responses.put(ResponseHeader.innerField(view.revision()), put.previous() ? before : null)));
                }
                case Operation.DeleteRange delete -> {
                    KeyVersion[] deleted = doDelete(delete.keys(), writable(write));
                    parts.add(new Responses.TxnPart(3, Responses.deleteRange(ResponseHeader.innerField(view.revision()),
                            deleted, delete.previous())));
                }
                case Operation.Txn txn -> {
                    TxnPlan inner = plan.nested().get(nested++);
                    List<Responses.TxnPart> innerParts = execute(inner, view, write);
                    parts.add(
                            new Responses.TxnPart(4, Responses.txn(new byte[]{10, 0}, inner.succeeded(), innerParts)));
                }
                case Operation.Empty empty ->
                    throw new IllegalStateException("empty operation in a checked transaction");
            }
        }
        return parts;
    }

    private static WriteView writable(@Nullable WriteView write) {
        if (write == null) {
            throw new IllegalStateException("write in a read-only transaction");
        }
        return write;
    }

    private Reply compact(byte[] payload, long term) {
        long revision = 0;
        WireReader reader = new WireReader(payload);
        for (int field; (field = reader.nextField()) != 0;) {
            if (field == 1) {
                revision = reader.varint();
            } else {
                reader.skip();
            }
        }
        StoreError error = errorOf(store.compact(revision));
        return error != null ? error : Reply.of(Responses.headerOnly(header.field(store.latest().revision(), term)));
    }

    private Reply changeMembers(Command command, byte[] payload, long term) {
        return switch (MembershipOperation.apply(membership, command, payload)) {
            case MembershipOperation.Outcome.Refused refused -> refused.error();
            case MembershipOperation.Outcome.Next next -> {
                membership = next.state();
                yield Reply.of(Responses.headerOnly(header.field(store.latest().revision(), term)));
            }
        };
    }

    /** Who belongs to the cluster. Any thread. */
    public Membership membership() {
        return membership;
    }

    private Reply grant(byte[] payload, long term) {
        StoreError refusal = refusalToAdd();
        if (refusal != null) {
            return refusal;
        }
        LeaseRequest request = LeaseRequest.read(payload);
        long ttl = request.first();
        long id = request.second();
        if (id == 0) {
            return StoreError.LEASE_NOT_FOUND;
        }
        if (ttl > LeaseTable.MAX_TTL_SECONDS) {
            return StoreError.LEASE_TTL_TOO_LARGE;
        }
        if (leases.get(id) != null) {
            return StoreError.LEASE_EXISTS;
        }
        LeaseTable.Lease lease = leases.grant(id, Math.max(ttl, MIN_TTL_SECONDS));
        clock.granted(id, lease.ttlSeconds(), nanoTime.getAsLong());
        return Reply
                .of(LeaseRequest.grantResponse(header.field(store.latest().revision(), term), id, lease.ttlSeconds()));
    }

    private Reply checkpoint(LeaseCheckpoint checkpoint, long term) {
        if (checkpoint.term() != term) {
            // A later leader may have renewed them meanwhile.
            return StoreError.EARLIER_TERM;
        }
        checkpoint.leases().forEach(leases::checkpoint);
        return Reply.of(Responses.headerOnly(header.field(store.latest().revision(), term)));
    }

    private Reply revoke(long id, long term) {
        LeaseTable.Lease lease = leases.get(id);
        if (lease == null) {
            return StoreError.LEASE_NOT_FOUND;
        }
        WriteView write = store.begin();
        for (byte[] key : lease.sortedKeys()) {
            write.deleteRange(KeyRange.single(key));
        }
        write.commit();
        leases.remove(id);
        clock.revoked(id);
        return Reply.of(Responses.headerOnly(header.field(store.latest().revision(), term)));
    }
}
