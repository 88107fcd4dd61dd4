package io.myriad.control.client;

/**
 * Which objects of a collection a list or watch is about, and how much of them.
 *
 * @param labelSelector as the API writes it, or empty for all
 * @param fieldSelector such as {@code spec.nodeName=node-7}, or empty for all
 * @param metadataOnly whether only type and metadata are wanted (PartialObjectMetadata)
 */
public record Selection(String labelSelector, String fieldSelector, boolean metadataOnly) {
    /** Every object, whole. */
    public static final Selection ALL = new Selection("", "", false);
    /** Every object's metadata. */
    public static final Selection METADATA = new Selection("", "", true);

    public static Selection labels(String labelSelector) {
        return new Selection(labelSelector, "", false);
    }

    public static Selection fields(String fieldSelector) {
        return new Selection("", fieldSelector, false);
    }
}
