package io.myriad.store.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

import com.google.protobuf.MessageLite;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import io.myriad.store.wire.WireMessage;

/** How messages cross gRPC: requests arrive as bytes, responses write themselves into the transport's buffer. */
final class Marshallers {

    static final MethodDescriptor.Marshaller<byte[]> BYTES = new BytesMarshaller();
    static final MethodDescriptor.Marshaller<WireMessage> MESSAGES = new MessageMarshaller();

    private Marshallers() {}

    /** A generated message as a response. */
    static WireMessage of(MessageLite message) {
        return new Generated(message);
    }

    private record Generated(MessageLite message) implements WireMessage {
        @Override
        public int size() {
            return message.getSerializedSize();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            message.writeTo(out);
        }
    }

    private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                if (!(stream instanceof KnownLength)) {
                    return stream.readAllBytes();
                }
                // The length is known: readAllBytes would allocate a buffer of 16 KiB for a request of 300 bytes.
                byte[] bytes = new byte[stream.available()];
                int read = stream.readNBytes(bytes, 0, bytes.length);
                if (read != bytes.length) {
                    throw new IOException("request of " + bytes.length + " bytes ended after " + read);
                }
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class MessageMarshaller implements MethodDescriptor.Marshaller<WireMessage> {
        @Override
        public InputStream stream(WireMessage message) {
            return new MessageStream(message);
        }

        @Override
        public WireMessage parse(InputStream stream) {
            return WireMessage.of(BYTES.parse(stream));
        }
    }

    /** A message as a stream that the transport drains in one go. */
    private static final class MessageStream extends InputStream implements Drainable, KnownLength {
        private final WireMessage message;
        private @Nullable InputStream bytes;
        private boolean drained;

        MessageStream(WireMessage message) {
            this.message = message;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            drained = true;
            message.writeTo(target);
            return message.size();
        }

        @Override
        public int available() throws IOException {
            return drained ? 0 : bytes != null ? bytes.available() : message.size();
        }

        @Override
        public int read() throws IOException {
            return content().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return content().read(target, offset, length);
        }

        private InputStream content() throws IOException {
            InputStream content = bytes;
            if (content == null) {
                ByteArrayOutputStream out = new ByteArrayOutputStream(message.size());
                message.writeTo(out);
                content = new ByteArrayInputStream(out.toByteArray());
                bytes = content;
            }
            return content;
        }
    }
}
