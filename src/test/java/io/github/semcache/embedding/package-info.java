@NullMarked
package io.github.semcache.embedding;

import org.jspecify.annotations.NullMarked;
