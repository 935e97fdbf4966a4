/**
 * OpenAI, and every service that speaks its protocol, through the caller's openai-java client. The
 * only package that knows openai-java; the cache itself works without it and never loads it.
 */
@NullMarked
package io.github.semcache.openai;

import org.jspecify.annotations.NullMarked;
