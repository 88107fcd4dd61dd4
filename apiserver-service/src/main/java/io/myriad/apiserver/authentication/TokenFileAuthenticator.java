package io.myriad.apiserver.authentication;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Users by static token: the file of {@code --token-auth-file} has a line {@code token,user,uid,"group1,group2"} for
 * each. Tokens are compared in constant time and never shown.
 */
public final class TokenFileAuthenticator implements Authenticator {
    private record Entry(byte[] token, User user) {}

    private final List<Entry> entries;

    private TokenFileAuthenticator(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * Reads the file.
     *
     * @throws IOException when it cannot be read, or a line has fewer than three columns; the message names the line
     */
    public static TokenFileAuthenticator read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> columns = columns(line);
            if (columns.size() < 3 || columns.getFirst().isEmpty()) {
                throw new IOException(file + ", line " + number + ": expected token,user,uid[,\"groups\"]");
            }
            List<String> groups = columns.size() > 3 ? List.of(columns.get(3).split("\\s*,\\s*")) : List.of();
            entries.add(new Entry(columns.getFirst().getBytes(StandardCharsets.UTF_8),
                    new User(columns.get(1), columns.get(2), groups, Map.of())));
        }
        return new TokenFileAuthenticator(entries);
    }

    private static List<String> columns(String line) {
        List<String> columns = new ArrayList<>();
        StringBuilder column = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                columns.add(column.toString().strip());
                column.setLength(0);
            } else {
                column.append(c);
            }
        }
        columns.add(column.toString().strip());
        return columns;
    }

    @Override
    public @Nullable User authenticate(Credentials credentials) {
        String token = credentials.bearerToken();
        if (token == null) {
            return null;
        }
        byte[] sent = token.getBytes(StandardCharsets.UTF_8);
        User found = null;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.token, sent)) {
                found = entry.user;
            }
        }
        return found;
    }
}
