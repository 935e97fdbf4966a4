/**
 * LangChain4j's embedding models as embedders, the local one among them. The only package that
 * knows LangChain4j, which is an optional dependency; the cache itself works without it and never
 * loads it.
 */
@NullMarked
package io.github.semcache.langchain4j;

import org.jspecify.annotations.NullMarked;
