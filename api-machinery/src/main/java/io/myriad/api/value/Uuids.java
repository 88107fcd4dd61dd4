package io.myriad.api.value;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Identifiers of objects: random UUIDs of version 4 (RFC 9562), in lower case. */
public final class Uuids {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private Uuids() {}

    /** A new identifier from two numbers of {@code random}. */
    public static String next(RandomGenerator random) {
        long high = random.nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        byte[] text = new byte[36];
        int at = 0;
        for (int i = 0; i < 32; i++) {
            if (i == 8 || i == 12 || i == 16 || i == 20) {
                text[at++] = '-';
            }
            long half = i < 16 ? high : low;
            text[at++] = HEX[(int) (half >>> 60 - 4 * (i & 15)) & 15];
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
