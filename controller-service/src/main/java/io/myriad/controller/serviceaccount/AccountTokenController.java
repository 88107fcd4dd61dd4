package io.myriad.controller.serviceaccount;

import java.security.PrivateKey;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiObject;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.informer.Index;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.loop.Refusals;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Writes a token into each Secret of type {@code kubernetes.io/service-account-token}, with the authorities that verify the API server and the namespace, and deletes
 * those whose account is gone. A token that is there is left alone.
 */
public final class AccountTokenController implements LoopController {
    private static final String NAME = "serviceaccount-token-controller";
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT_NAME = "kubernetes.io/service-account.name";
    private static final String ACCOUNT_UID = "kubernetes.io/service-account.uid";
    private static final Index<TokenSecret> BY_ACCOUNT = new Index<>("account",
            (key, secret) -> List.of(key.namespace() + "/" + secret.account()));

    /** What is kept of a Secret; not what is secret. */
    private record TokenSecret(ObjectKey key, String uid, String account, String accountUid, boolean complete) {}

    private final ControllerContext context;
    private final AccountTokenSigner signer;
    /** Base64; empty for none. */
    private final String authorities;
    private final Informer<String> accounts;
    private final Informer<TokenSecret> secrets;
    private final ControlLoop<ObjectKey> loop;

    /**
     * @param key signs the tokens
     * @param authorities the certificates that verify the API server, PEM; empty: none are written
     * @throws IllegalArgumentException for a key that cannot sign tokens
     */
    public AccountTokenController(PrivateKey key, String authorities, int workers, ControllerContext context) {
        this.context = context;
        this.signer = new AccountTokenSigner(key);
        this.authorities = base64(authorities);
        this.accounts = context.informers().own(InformerSpec.of(Resources.SERVICE_ACCOUNTS,
                object -> object.tree().path("metadata").path("uid").asString("")));
        this.secrets = context.informers().own(InformerSpec.of(Resources.SECRETS, this::read)
                .select(Selection.fields("type=" + TYPE)).indexed(BY_ACCOUNT));
        this.loop = new ControlLoop<>(NAME, workers, secrets::keys, this::reconcile, context);
        secrets.addHandler(ControlLoop.enqueueing(loop));
        accounts.addHandler(InformerHandler.ofKey(account -> secrets
                .byIndex(BY_ACCOUNT, account.namespace() + "/" + account.name())
                .forEach(secret -> loop.enqueue(secret.key()))));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private TokenSecret read(ApiObject object) {
        JsonNode metadata = object.tree().path("metadata");
        JsonNode annotations = metadata.path("annotations");
        return new TokenSecret(new ObjectKey(object.namespace(), object.name()), metadata.path("uid").asString(""),
                annotations.path(ACCOUNT_NAME).asString(""),
                annotations.path(ACCOUNT_UID).asString(""), complete(object.tree()));
    }

    private boolean complete(ObjectNode secret) {
        JsonNode data = secret.path("data");
        return !data.path("token").asString("").isEmpty() && !data.path("namespace").asString("").isEmpty()
                && (authorities.isEmpty() || data.path("ca.crt").asString("").equals(authorities))
                && !secret.path("metadata").path("annotations").path(ACCOUNT_UID).asString("").isEmpty();
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    private long reconcile(ObjectKey key) {
        TokenSecret secret = secrets.get(key);
        if (secret == null || secret.account().isEmpty()) {
            return Reconciler.DONE;
        }
        String accountUid = accounts.get(key.namespace(), secret.account());
        if (!isOf(secret, accountUid)) {
            // A new account may not be known yet: what follows cannot be undone.
            accountUid = uidOf(ApiPath.of(Resources.SERVICE_ACCOUNTS).in(key.namespace()).named(secret.account()));
        }
        ApiPath path = ApiPath.of(Resources.SECRETS).in(key.namespace()).named(key.name());
        if (accountUid == null || !isOf(secret, accountUid)) {
            Refusals.ignoringGone(() -> context.client().delete(path, DeleteOptions.ofUid(secret.uid())));
        } else if (!secret.complete()) {
            String uid = accountUid;
            Refusals.ignoringGone(() -> complete(path, secret, uid));
        }
        return Reconciler.DONE;
    }

    private static boolean isOf(TokenSecret secret, @Nullable String accountUid) {
        return accountUid != null && (secret.accountUid().isEmpty() || secret.accountUid().equals(accountUid));
    }

    /** The uid of an account, null when there is none. */
    private @Nullable String uidOf(ApiPath account) {
        try {
            return context.client().get(account).path("metadata").path("uid").asString("");
        } catch (StatusException e) {
            if (e.status().reason() == StatusReason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private void complete(ApiPath path, TokenSecret known, String accountUid) {
        ObjectNode secret = context.client().get(path);
        ObjectNode metadata = secret.withObject("metadata");
        if (complete(secret) || !metadata.path("uid").asString("").equals(known.uid())
                || !metadata.path("annotations").path(ACCOUNT_NAME).asString("").equals(known.account())) {
            return; // Its change is on the way here.
        }
        metadata.withObject("annotations").put(ACCOUNT_UID, accountUid);
        ObjectNode data = secret.withObject("data");
        if (!authorities.isEmpty()) {
            data.put("ca.crt", authorities);
        }
        if (data.path("namespace").asString("").isEmpty()) {
            data.put("namespace", base64(path.namespace()));
        }
        if (data.path("token").asString("").isEmpty()) {
            data.put("token", base64(signer.sign(path.namespace(), known.account(), accountUid, path.name())));
        }
        context.client().update(path, secret);
    }
}
