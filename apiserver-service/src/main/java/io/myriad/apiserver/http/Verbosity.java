package io.myriad.apiserver.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** How much is logged about requests; shown at {@code /debug/flags}, changed by a PUT to {@code /debug/flags/v}. */
final class Verbosity implements PlainPaths.PathHandler {
    private static final String INDEX = "/debug/flags";
    private static final String FLAG = "/debug/flags/v";
    private static final int MAX_DIGITS = 2;

    private volatile int level;

    Verbosity(int level) {
        this.level = level;
    }

    int level() {
        return level;
    }

    @Override
    public List<String> paths() {
        return List.of(INDEX, FLAG);
    }

    @Override
    public boolean serve(HttpCall call) {
        switch (call.path()) {
            case INDEX -> {
                call.responseHeaders().set("Content-Type", "text/html; charset=utf-8");
                WholeBody.send(call, 200, ("<html><body><a href=\"" + FLAG + "\">v</a> (the log level, now " + level
                        + ")</body></html>\n").getBytes(StandardCharsets.UTF_8));
            }
            case FLAG -> set(call);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void set(HttpCall call) {
        if (!call.method().equals("PUT")) {
            PlainText.respond(call, 406, "unrecognized http method " + call.method() + "\n", false);
            return;
        }
        String text = new String(call.body(), StandardCharsets.UTF_8).strip();
        if (text.isEmpty() || text.length() > MAX_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            PlainText.respond(call, 400, "the log level is a number from 0 to 99\n", false);
            return;
        }
        level = Integer.parseInt(text);
        PlainText.respond(call, 200, "successfully set the log level to " + text + "\n", false);
    }
}
