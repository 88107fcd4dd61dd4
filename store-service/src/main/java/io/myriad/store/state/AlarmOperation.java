package io.myriad.store.state;

import java.util.List;

import com.google.protobuf.InvalidProtocolBufferException;

import io.myriad.store.api.AlarmMember;
import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmResponse;
import io.myriad.store.api.AlarmType;
import io.myriad.store.wire.WireFormatException;
import io.myriad.store.wire.WireMessage;

/** What an {@code AlarmRequest} does to the {@link Alarms}, and what it is answered. The answer names the alarms that were meant; none is named that was not there to be taken back. */
public final class AlarmOperation {

    private AlarmOperation() {}

    /** Applies a request that raises or takes back. */
    static Reply apply(Alarms alarms, byte[] payload, boolean byQuota, byte[] header) {
        AlarmRequest request = parse(payload);
        Alarms.Type type = Alarms.Type.of(request.getAlarmValue());
        Alarms.Alarm alarm = type == null ? null : new Alarms.Alarm(request.getMemberID(), type, byQuota);
        return switch (request.getAction()) {
            case GET, UNRECOGNIZED -> answer(header, matching(alarms, request));
            case ACTIVATE -> {
                if (alarm == null) {
                    yield answer(header, List.of());
                }
                yield alarms.raise(alarm) ? answer(header, List.of(alarm)) : StoreError.TOO_MANY_REQUESTS;
            }
            case DEACTIVATE -> answer(header, alarm != null && alarms.lower(alarm) ? List.of(alarm) : List.of());
        };
    }

    /** The alarms that a request asks for: those of a type, or all. */
    public static List<Alarms.Alarm> matching(Alarms alarms, AlarmRequest request) {
        return alarms.all().stream()
                .filter(alarm -> request.getAlarm() == AlarmType.NONE
                        || alarm.type().number() == request.getAlarmValue())
                .toList();
    }

    /** An alarm as the protocol has it. */
    public static AlarmMember message(Alarms.Alarm alarm) {
        return AlarmMember.newBuilder().setMemberID(alarm.memberId()).setAlarmValue(alarm.type().number()).build();
    }

    private static AlarmRequest parse(byte[] payload) {
        try {
            return AlarmRequest.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            throw new WireFormatException(String.valueOf(e.getMessage()));
        }
    }

    private static Reply answer(byte[] header, List<Alarms.Alarm> alarms) {
        AlarmResponse.Builder response = AlarmResponse.newBuilder();
        alarms.forEach(alarm -> response.addAlarms(message(alarm)));
        byte[] rest = response.build().toByteArray();
        byte[] bytes = java.util.Arrays.copyOf(header, header.length + rest.length);
        System.arraycopy(rest, 0, bytes, header.length, rest.length);
        return Reply.of(WireMessage.of(bytes));
    }
}
