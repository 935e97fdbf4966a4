@NullMarked
package io.github.semcache.migration;

import org.jspecify.annotations.NullMarked;
