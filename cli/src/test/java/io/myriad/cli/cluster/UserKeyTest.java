package io.myriad.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.certificates.KeyPairs;
import io.myriad.certificates.Pem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

final class UserKeyTest {
    @TempDir
    private Path directory;

    @Test
    void isMadeOnceAndForTheUserAlone() throws IOException {
        UserKey key = new UserKey(directory.resolve("user.key"));
        KeyPair made = key.keys();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key.file()))).isEqualTo("rw-------");
        assertThat(key.keys().getPrivate()).isEqualTo(made.getPrivate());
        assertThat(key.keys().getPublic()).isEqualTo(made.getPublic());
    }

    @Test
    void saysWhatToDoWithAnotherKey() throws IOException {
        Path file = directory.resolve("user.key");
        Pem.writeSecret(file, Pem.encode(KeyPairs.generate().getPrivate()));
        assertThatIOException().isThrownBy(() -> new UserKey(file).keys())
                .withMessage(file + " holds no RSA key; remove it, and a new one is made");
    }
}
