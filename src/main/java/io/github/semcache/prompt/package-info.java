/**
 * What is asked: the {@link io.github.semcache.prompt.Prompt}, the {@link
 * io.github.semcache.prompt.Scope} within which an answer may be reused, and the {@link
 * io.github.semcache.prompt.Query} that the cache makes of both.
 */
@NullMarked
package io.github.semcache.prompt;

import org.jspecify.annotations.NullMarked;
