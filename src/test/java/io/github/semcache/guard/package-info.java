@NullMarked
package io.github.semcache.guard;

import org.jspecify.annotations.NullMarked;
