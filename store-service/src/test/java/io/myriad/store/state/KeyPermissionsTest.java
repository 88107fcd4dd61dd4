package io.myriad.store.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

import io.myriad.store.api.auth.Permission;
import io.myriad.store.mvcc.KeyRange;

import static org.assertj.core.api.Assertions.assertThat;

/** Ranges that are permitted together, against a model that asks for every key. */
final class KeyPermissionsTest {

    private static final int LETTERS = 8;

    private static Permission permission(Permission.Type type, String key, String end) {
        return Permission.newBuilder().setPermType(type).setKey(ByteString.copyFromUtf8(key))
                .setRangeEnd(ByteString.copyFromUtf8(end)).build();
    }

    private static KeyRange keys(String key, String end) {
        return KeyRange.ofRequest(key.getBytes(StandardCharsets.UTF_8), end.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void neighboursAndSingleKeysCountTogether() {
        KeyPermissions permissions = KeyPermissions.of(List.of(permission(Permission.Type.READ, "c", "e"),
                permission(Permission.Type.READWRITE, "a", "c"), permission(Permission.Type.READ, "x", ""),
                permission(Permission.Type.WRITE, "y", "\0")));
        assertThat(permissions.mayRead(keys("b", "d"))).isTrue();
        assertThat(permissions.mayRead(keys("b", "f"))).isFalse();
        assertThat(permissions.mayWrite(keys("b", "d"))).isFalse();
        assertThat(permissions.mayRead(keys("x", ""))).isTrue();
        assertThat(permissions.mayRead(keys("x", "x\0"))).isTrue();
        assertThat(permissions.mayRead(keys("x", "xa"))).isFalse();
        assertThat(permissions.mayWrite(keys("z", "\0"))).isTrue();
        assertThat(permissions.mayRead(keys("y", ""))).isFalse();
        assertThat(KeyPermissions.ALL.mayWrite(keys("\0", "\0"))).isTrue();
        assertThat(KeyPermissions.of(List.of()).mayRead(keys("a", ""))).isFalse();
    }

    @Test
    void agreesWithAModel() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            List<Permission> permissions = new ArrayList<>();
            boolean[] readable = new boolean[LETTERS];
            boolean[] writable = new boolean[LETTERS];
            for (int i = random.nextInt(5); i > 0; i--) {
                int from = random.nextInt(LETTERS);
                int to = from + 1 + random.nextInt(LETTERS - from);
                Permission.Type type = Permission.Type.forNumber(random.nextInt(3));
                permissions.add(permission(type, letter(from), to == LETTERS ? "\0" : letter(to)));
                for (int letter = from; letter < to; letter++) {
                    readable[letter] |= type != Permission.Type.WRITE;
                    writable[letter] |= type != Permission.Type.READ;
                }
            }
            KeyPermissions computed = KeyPermissions.of(permissions);
            int from = random.nextInt(LETTERS);
            int to = from + 1 + random.nextInt(LETTERS - from);
            KeyRange asked = keys(letter(from), to == LETTERS ? "\0" : letter(to));
            assertThat(computed.mayRead(asked)).as("seed %s round %s", seed, round).isEqualTo(all(readable, from, to));
            assertThat(computed.mayWrite(asked)).as("seed %s round %s", seed, round).isEqualTo(all(writable, from, to));
        }
    }

    private static String letter(int number) {
        return String.valueOf((char) ('a' + number));
    }

    private static boolean all(boolean[] letters, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!letters[i]) {
                return false;
            }
        }
        return true;
    }
}
