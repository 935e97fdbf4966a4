@NullMarked
package io.github.semcache.internal.migration;

import org.jspecify.annotations.NullMarked;
