@NullMarked
package io.github.semcache.internal.store;

import org.jspecify.annotations.NullMarked;
