/**
 * The deadline of a call, and the threads on which a cache calls its parts. For authors of
 * embedders, stores, policies and other parts.
 */
@NullMarked
package io.github.semcache.deadline;

import org.jspecify.annotations.NullMarked;
