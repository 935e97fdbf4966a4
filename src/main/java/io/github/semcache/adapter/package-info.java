/**
 * The SPI for authors of wrapped clients: runs one call of a client through a cache, blocking or
 * asynchronously. Wrapped clients depend on this package and on the base package; nothing in the
 * base package depends on it.
 */
@NullMarked
package io.github.semcache.adapter;

import org.jspecify.annotations.NullMarked;
