package io.myriad.allinone;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;

/**
 * One line per event: time (UTC), level, service, last part of the logger's name, message. What an exception adds follows
 * in lines that begin with a tab, so that a reader can tell them from events.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter
            .ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int LEVEL_WIDTH = 5;
    private static final int SERVICE_WIDTH = 12;

    @Override
    public String doLayout(ILoggingEvent event) {
        String logger = event.getLoggerName();
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        append(line.append(' '), event.getLevel().toString(), LEVEL_WIDTH);
        append(line.append(' '), ServiceName.of(logger), SERVICE_WIDTH);
        line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
        line.append(event.getFormattedMessage().replace("\n", "\n\t")).append('\n');
        if (event.getThrowableProxy() != null) {
            line.append('\t')
                    .append(ThrowableProxyUtil.asString(event.getThrowableProxy()).strip().replace("\n", "\n\t"))
                    .append('\n');
        }
        return line.toString();
    }

    private static void append(StringBuilder line, String text, int width) {
        line.append(text);
        for (int i = text.length(); i < width; i++) {
            line.append(' ');
        }
    }
}
