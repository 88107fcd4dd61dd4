package io.myriad.store.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.certificates.KeyPairs;
import io.myriad.certificates.Pem;
import io.myriad.store.api.auth.User;
import io.myriad.store.state.AuthState;
import io.myriad.store.state.Caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tokens of both kinds: whose they are, when they end, and what makes them void. */
final class TokensTest {

    private static final long TTL = 300_000;

    @TempDir
    Path directory = Path.of("");

    private final AtomicLong now = new AtomicLong(1_000_000);

    /** Alice's password is from a revision. */
    private static AuthState state(long revision, long since, String secret) {
        TreeMap<String, AuthState.Account> users = new TreeMap<>();
        users.put("alice", new AuthState.Account(User.newBuilder().setName(ByteString.copyFromUtf8("alice")).build(),
                since));
        return new AuthState(true, revision, ByteString.copyFromUtf8(secret), users, new TreeMap<>());
    }

    @Test
    void simpleTokensEndWithTimePasswordAndSecret() {
        SimpleTokens tokens = new SimpleTokens(TTL, now::get);
        AuthState state = state(7, 3, "secret");
        String token = tokens.issue("alice", state);
        assertThat(tokens.verify(token, state)).isEqualTo(new Caller("alice", 7));
        assertThat(tokens.verify(token, state(9, 3, "secret"))).isEqualTo(new Caller("alice", 9));
        assertThat(tokens.verify(token, state(9, 8, "secret"))).as("a new password").isNull();
        assertThat(tokens.verify(token, state(7, 3, "other"))).as("another secret").isNull();
        assertThat(tokens.verify(tokens.issue("bob", state), state)).as("no such user").isNull();
        for (String wrong : new String[]{"", "...", "a.b.c.d", token + "x", token.substring(1), token + ".", "é"}) {
            assertThat(tokens.verify(wrong, state)).as(wrong).isNull();
        }
        now.addAndGet(TTL);
        assertThat(tokens.verify(token, state)).isNotNull();
        now.incrementAndGet();
        assertThat(tokens.verify(token, state)).isNull();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private JwtTokens jwt(String method, Path publicKey, Path privateKey) throws IOException {
        return JwtTokens.open(new TokenSettings.Jwt(method, publicKey, privateKey, TTL), now::get);
    }

    @Test
    void webTokensStandForTheirRevision() throws Exception {
        KeyPair rsa = KeyPairs.generateRsa();
        KeyPair elliptic = KeyPairs.generate();
        Path rsaPublic = write("rsa.pub", Pem.encode(rsa.getPublic()));
        Path rsaPrivate = write("rsa.key", Pem.encode(rsa.getPrivate()));
        Path ecPublic = write("ec.pub", Pem.encode(elliptic.getPublic()));
        Path ecPrivate = write("ec.key", Pem.encode(elliptic.getPrivate()));
        Path secret = write("secret", "0123456789".repeat(8));
        JwtTokens signedByRsa = jwt("RS256", rsaPublic, rsaPrivate);
        JwtTokens[] all = {signedByRsa, jwt("PS512", rsaPublic, rsaPrivate), jwt("ES256", ecPublic, ecPrivate),
                jwt("HS256", rsaPublic, secret)};
        AuthState state = state(7, 3, "");
        for (JwtTokens tokens : all) {
            String token = tokens.issue("alice", state);
            assertThat(tokens.verify(String.valueOf(token), state(9, 8, ""))).isEqualTo(new Caller("alice", 7));
            for (JwtTokens other : all) {
                assertThat(other.verify(String.valueOf(token), state) != null).isEqualTo(other == tokens);
            }
        }
        String token = String.valueOf(signedByRsa.issue("alice", state));
        JwtTokens verifyOnly = JwtTokens.open(new TokenSettings.Jwt("RS256", rsaPublic, null, TTL), now::get);
        assertThat(verifyOnly.issue("alice", state)).isNull();
        assertThat(verifyOnly.verify(token, state)).isEqualTo(new Caller("alice", 7));
        assertThat(verifyOnly.verify("no token", state)).isNull();
        now.addAndGet(TTL + 1000);
        assertThat(verifyOnly.verify(token, state)).as("too old").isNull();
        assertThatThrownBy(() -> jwt("ES256", rsaPublic, rsaPrivate)).isInstanceOf(IOException.class)
                .hasMessage("--auth-token: the keys are not for sign-method ES256");
    }
}
