/**
 * Prompts and lookups: a {@link io.github.semcache.prompt.Prompt} with its text and options, the
 * {@link io.github.semcache.prompt.Scope} that limits the reuse of an answer, and the {@link
 * io.github.semcache.prompt.Query} that the cache derives from both.
 */
@NullMarked
package io.github.semcache.prompt;

import org.jspecify.annotations.NullMarked;
