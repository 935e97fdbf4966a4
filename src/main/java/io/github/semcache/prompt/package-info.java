/**
 * What a call asks: a {@link io.github.semcache.prompt.Prompt} with its text and options, the
 * {@link io.github.semcache.prompt.Scope} within which an answer may be reused, and the {@link
 * io.github.semcache.prompt.Query} that the cache derives from both.
 */
@NullMarked
package io.github.semcache.prompt;

import org.jspecify.annotations.NullMarked;
