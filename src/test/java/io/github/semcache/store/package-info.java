@NullMarked
package io.github.semcache.store;

import org.jspecify.annotations.NullMarked;
