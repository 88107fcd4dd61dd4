/**
 * The etcd v3 services over gRPC: adapters that turn requests into operations and reads, and replies into messages. Handlers run on event loops and never block.
 */
@NullMarked
package io.myriad.store.server;

import org.jspecify.annotations.NullMarked;
