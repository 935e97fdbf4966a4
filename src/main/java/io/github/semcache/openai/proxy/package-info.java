/**
 * An {@link com.openai.client.OpenAIClient} that answers from a cache: {@link
 * io.github.semcache.openai.proxy.CachedOpenAi} wraps the caller's client, {@link
 * io.github.semcache.openai.proxy.CacheControl} controls single calls.
 */
@NullMarked
package io.github.semcache.openai.proxy;

import org.jspecify.annotations.NullMarked;
