/**
 * Copies the entries of one store to another, and applies changes to both. Internal: not part of
 * the API.
 */
@NullMarked
package io.github.semcache.internal.migration;

import org.jspecify.annotations.NullMarked;
