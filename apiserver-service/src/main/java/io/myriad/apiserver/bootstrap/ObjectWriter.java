package io.myriad.apiserver.bootstrap;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;

/** Writes objects for the server itself: as a client in {@code system:masters} would, with defaults and validation. */
public interface ObjectWriter {
    /** Creates an object; throws a StatusException (AlreadyExists) when it is there. */
    void create(GroupVersionResource resource, String namespace, ObjectNode object);

    /** Replaces an object of the version that it holds; throws a StatusException (Conflict) when that is not current. */
    void update(GroupVersionResource resource, String namespace, ObjectNode object);

    /** Replaces the status of an object. */
    void updateStatus(GroupVersionResource resource, String namespace, ObjectNode object);

    /** Deletes an object; throws a StatusException (NotFound) when it is not there. */
    void delete(GroupVersionResource resource, String namespace, String name);
}
