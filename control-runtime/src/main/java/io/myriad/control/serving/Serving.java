package io.myriad.control.serving;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Where and how a component serves.
 *
 * @param address
 *            where to listen, such as {@code 127.0.0.1}
 * @param port
 *            the port, 0 for any
 * @param certificate
 *            a PEM file; null for a self-signed certificate, which is made in the background
 * @param key
 *            its private key
 * @param clientAuthorities
 *            a PEM file with who vouches for the certificates of clients; null: clients need a token
 */
public record Serving(String address, int port, @Nullable Path certificate, @Nullable Path key,
        @Nullable Path clientAuthorities) {}
