/**
 * Local, always current copies of collections: lists, watches, resumes, and keeps of each object what the consumer
 * declared. What to do about a change is decided elsewhere, through {@code queue}.
 */
@NullMarked
package io.myriad.control.informer;

import org.jspecify.annotations.NullMarked;
