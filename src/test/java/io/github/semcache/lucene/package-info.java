@NullMarked
package io.github.semcache.lucene;

import org.jspecify.annotations.NullMarked;
