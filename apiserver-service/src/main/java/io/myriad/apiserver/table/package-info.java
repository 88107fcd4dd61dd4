/**
 * How objects are printed: the columns of every kind, the cells of an object, and the columns that custom resource
 * definitions give by JSONPath. Which answers become tables, and how they are encoded, is not decided here.
 */
@NullMarked
package io.myriad.apiserver.table;

import org.jspecify.annotations.NullMarked;
