package io.myriad.control.events;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened to an object.
 *
 * @param about the object
 * @param related another object involved, or null
 * @param warning whether its type is Warning rather than Normal
 * @param reason why, in CamelCase, for programs
 * @param action what was tried, in CamelCase; only the newer events API shows it
 * @param message the sentence for people
 */
public record Event(ObjectReference about, @Nullable ObjectReference related, boolean warning, String reason,
        String action, String message) {
    /** What hardly ever needs to be longer; the API's limit of a note. */
    static final int MESSAGE_CHARS_MAX = 1024;

    public Event {
        if (message.length() > MESSAGE_CHARS_MAX) {
            message = message.substring(0, MESSAGE_CHARS_MAX - 3) + "...";
        }
    }

    public static Event normal(ObjectReference about, String reason, String message) {
        return new Event(about, null, false, reason, "", message);
    }

    public static Event warning(ObjectReference about, String reason, String message) {
        return new Event(about, null, true, reason, "", message);
    }

    public String type() {
        return warning ? "Warning" : "Normal";
    }
}
