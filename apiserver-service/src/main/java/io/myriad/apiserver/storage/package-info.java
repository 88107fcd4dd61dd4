/**
 * Objects as stored bytes: keys, the store's client, and the interface that reads, lists, watches and writes them by resource version. Knows nothing of HTTP, users or kinds' rules.
 */
@NullMarked
package io.myriad.apiserver.storage;

import org.jspecify.annotations.NullMarked;
