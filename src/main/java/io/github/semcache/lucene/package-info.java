/**
 * The embedded durable store: {@link io.github.semcache.lucene.LuceneVectorStore}, entries in a
 * directory of the local disk. The only package that needs Lucene.
 */
@NullMarked
package io.github.semcache.lucene;

import org.jspecify.annotations.NullMarked;
