package io.myriad.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

import io.myriad.api.codec.ByteSink;

/** Compression of large answers, at the cheapest level, for clients that ask for it. */
final class Gzip {
    /** Smaller bodies are not worth it. */
    static final int THRESHOLD_BYTES = 128 << 10;

    private Gzip() {}

    /** Whether the client takes gzip. */
    static boolean accepted(HttpCall call) {
        for (String encoding : call.header("Accept-Encoding").split(",")) {
            String[] parts = encoding.strip().split(";");
            if (parts[0].strip().equals("gzip")) {
                return parts.length < 2 || !parts[1].strip().matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** The compressed form of a whole body. */
    static byte[] compress(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4);
        try (OutputStream gzip = stream(out)) {
            gzip.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    private static OutputStream stream(OutputStream out) throws IOException {
        return new GZIPOutputStream(out, 32 << 10) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        };
    }

    /** Compresses what is written to it into another sink. */
    static final class Sink implements ByteSink {
        private final OutputStream gzip;

        Sink(ByteSink out) {
            try {
                this.gzip = stream(new OutputStream() {
                    @Override
                    public void write(int b) {
                        out.write(b);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        out.write(bytes, offset, length);
                    }
                });
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                gzip.write(bytes, offset, length);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }

        @Override
        public void write(int b) {
            write(new byte[]{(byte) b}, 0, 1);
        }

        /** Writes what is left; the sink below stays open. */
        void finish() {
            try {
                gzip.close();
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
    }
}
