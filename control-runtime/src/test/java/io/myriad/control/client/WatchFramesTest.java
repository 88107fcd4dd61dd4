package io.myriad.control.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class WatchFramesTest {
    static long[] seeds() {
        return new Random(3).longs(50).toArray();
    }

    /** However a stream is cut into chunks, the frames are the same. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void chunksDoNotMatter(long seed) {
        Random random = new Random(seed);
        for (boolean lines : new boolean[]{true, false}) {
            List<String> frames = new ArrayList<>();
            ByteBuffer stream = ByteBuffer.allocate(1 << 20);
            for (int i = 0; i < 40; i++) {
                String frame = "x".repeat(1 + random.nextInt(random.nextInt(5) == 0 ? 9000 : 30)) + i;
                frames.add(frame);
                byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
                if (lines) {
                    stream.put(bytes).put((byte) '\n');
                } else {
                    stream.putInt(bytes.length).put(bytes);
                }
            }
            stream.flip();
            List<String> found = new ArrayList<>();
            WatchFrames.Receiver receiver = (bytes, offset, length) -> found
                    .add(new String(bytes, offset, length, StandardCharsets.UTF_8));
            WatchFrames cutter = lines ? WatchFrames.lines(receiver) : WatchFrames.lengths(receiver);
            while (stream.hasRemaining()) {
                byte[] chunk = new byte[Math.min(stream.remaining(), 1 + random.nextInt(200))];
                stream.get(chunk);
                assertThat(cutter.accept(chunk, 0, chunk.length)).isNull();
            }
            assertThat(found).isEqualTo(frames);
        }
    }

    @Test
    void whatCannotBeAnEventIsRefusedBeforeItIsGathered() {
        WatchFrames lengths = WatchFrames.lengths((bytes, offset, length) -> {});
        assertThat(lengths.accept(new byte[]{0x7f, 0, 0, 0, 1}, 0, 5)).contains("over");
        assertThat(WatchFrames.lengths((bytes, offset, length) -> {}).accept(new byte[]{-1, -1, -1, -1}, 0, 4))
                .contains("over");
        WatchFrames lines = WatchFrames.lines((bytes, offset, length) -> {});
        byte[] chunk = new byte[8 << 20];
        String problem = null;
        for (int i = 0; i < 6 && problem == null; i++) {
            problem = lines.accept(chunk, 0, chunk.length);
        }
        assertThat(problem).contains("over");
    }
}
