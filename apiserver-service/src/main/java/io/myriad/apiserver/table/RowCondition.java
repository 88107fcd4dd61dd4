package io.myriad.apiserver.table;

/**
 * What a row says about its object as a whole, such as that a pod has ended and may be shown dimmed.
 *
 * @param type such as {@code Completed}
 * @param status such as {@code True}
 * @param reason one word
 * @param message a sentence
 */
public record RowCondition(String type, String status, String reason, String message) {}
