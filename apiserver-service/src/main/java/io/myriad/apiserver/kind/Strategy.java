package io.myriad.apiserver.kind;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/**
 * What is particular to one kind when it is written: upstream's registry strategy, defaults and validation. Called with
 * whole objects as trees in the version in which the client sent them. Pure: no I/O; safe for any thread.
 *
 * <p>Order on create: {@link #applyDefaults}, admission that changes, {@link #prepareForCreate}, {@link #validateCreate},
 * admission that refuses. On update: {@link #applyDefaults}, admission that changes, {@link #prepareForUpdate}, {@link
 * #validateUpdate}, admission that refuses. What admission sets can so be taken into account, as a pod's resources in its
 * quality of service. The generic registry does what is the same for all kinds before: defaults of the tables, metadata (uid, creationTimestamp, generateName, generation as
 * {@link #tracksGeneration} says), metadata validation, unknown fields.
 */
public interface Strategy {
    /** What a write is about. */
    enum Target {
        MAIN, STATUS
    }

    /** Adds the defaults that upstream sets by code; tables' defaults other than zero values are set already. */
    default void applyDefaults(ObjectNode object) {}

    /** Resets what a creator may not set (usually {@code status}). */
    default void prepareForCreate(ObjectNode object) {}

    /** Resets what this write may not change, taking it from {@code old}. */
    default void prepareForUpdate(Target target, ObjectNode object, ObjectNode old) {}

    /** What is wrong with a new object, beyond its metadata. */
    default List<FieldError> validateCreate(ObjectNode object) {
        return List.of();
    }

    /** What is wrong with a changed object, beyond its metadata. */
    default List<FieldError> validateUpdate(Target target, ObjectNode object, ObjectNode old) {
        return List.of();
    }

    /** How names of this kind must look. */
    default NameRule nameRule() {
        return NameRule.SUBDOMAIN;
    }

    /**
     * Warnings for the client, as the Warning header carries them.
     *
     * @param old the object that is replaced, or null for a new one
     */
    default List<String> warnings(ObjectNode object, @Nullable ObjectNode old) {
        return List.of();
    }

    /** Whether {@code metadata.generation} starts at 1 and grows when anything but metadata and status changes. */
    default boolean tracksGeneration() {
        return false;
    }

    /** Whether PUT on an absent object creates it. */
    default boolean allowsCreateOnUpdate() {
        return false;
    }

    /** Whether an update without a resource version is accepted. */
    default boolean allowsUnconditionalUpdate() {
        return true;
    }

    /** Top-level fields that server-side apply and managed fields ignore for this target. */
    default Set<String> resetFields(Target target) {
        return target == Target.MAIN ? Set.of("status") : Set.of("spec", "metadata");
    }

    /** Says that a kind knows no graceful deletion. */
    long NOT_GRACEFUL = -1;

    /**
     * How long a deletion leaves the object to whoever has to end it first, in seconds. With 0 the object is marked and
     * removed at once; with {@link #NOT_GRACEFUL} it is removed without a mark.
     *
     * @param requested what the client asked for, or null
     */
    default long gracePeriodSeconds(ObjectNode object, @Nullable Long requested) {
        return NOT_GRACEFUL;
    }

    /** Whether field selectors may name {@code metadata.namespace}. */
    default boolean selectableByNamespace() {
        return true;
    }

    /** Field selector names and their path in the object, besides {@code metadata.name} and {@code metadata.namespace}. */
    default Map<String, List<String>> selectableFields() {
        return Map.of();
    }

    /** The seconds after which the store removes the object by itself; 0 for never. */
    default long timeToLiveSeconds(ObjectNode object) {
        return 0;
    }
}
