/**
 * Integration with LangChain4j: cached chat models, and embedding models as embedders. Only this
 * package depends on LangChain4j, which is an optional dependency.
 */
@NullMarked
package io.github.semcache.langchain4j;

import org.jspecify.annotations.NullMarked;
