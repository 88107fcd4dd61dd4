/**
 * The file format of bbolt, the database under etcd: written from sorted entries in one pass, and read with nothing believed. What etcd keeps in such files is not known here. The
 * format is that of bbolt's published sources, {@code internal/common/page.go} and {@code meta.go} of github.com/etcd-io/bbolt.
 */
@NullMarked
package io.myriad.store.bolt;

import org.jspecify.annotations.NullMarked;
