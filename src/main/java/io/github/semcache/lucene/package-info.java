/**
 * The embedded persistent store: {@link io.github.semcache.lucene.LuceneVectorStore}. The only
 * package that uses Lucene.
 */
@NullMarked
package io.github.semcache.lucene;

import org.jspecify.annotations.NullMarked;
