@NullMarked
package io.github.semcache.stats;

import org.jspecify.annotations.NullMarked;
