package io.myriad.apiserver.registry;

/** What becomes of fields that a kind does not have, or that are sent twice. */
public enum FieldValidation {
    /** They are dropped. */
    IGNORE,
    /** They are dropped and the client is warned. */
    WARN,
    /** The request is refused. */
    STRICT
}
