package io.myriad.api.apply;

import java.time.Instant;

/**
 * Who writes an object, and how.
 *
 * @param manager the manager's name, from {@link ManagedFields#managerName}
 * @param apiVersion the version of the object as it is written, such as {@code apps/v1}
 * @param subresource the subresource written, or empty
 * @param resetFields the fields that this kind of write does not change whatever is sent, and so does not own: the status
 *            for the main resource, the spec for the status
 * @param time the time of the write
 */
public record Writer(String manager, String apiVersion, String subresource, FieldSet resetFields, Instant time) {

    Writer named(String otherManager) {
        return new Writer(otherManager, apiVersion, subresource, resetFields, time);
    }
}
