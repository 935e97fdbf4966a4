/**
 * The SPI for authors of wrapped clients: {@link io.github.semcache.adapter.CallDriver} runs one
 * call of a client through a cache, blocking or asynchronously. Wrapped clients depend on this
 * package and on the base package; the base package does not depend on it.
 */
@NullMarked
package io.github.semcache.adapter;

import org.jspecify.annotations.NullMarked;
