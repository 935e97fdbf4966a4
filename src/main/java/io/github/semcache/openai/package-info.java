/**
 * An embedder and a chat client for OpenAI and compatible services, through the caller's
 * openai-java client. Only this package and its subpackages import openai-java; the cache works
 * without it.
 */
@NullMarked
package io.github.semcache.openai;

import org.jspecify.annotations.NullMarked;
