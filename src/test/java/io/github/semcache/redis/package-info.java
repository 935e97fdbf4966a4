@NullMarked
package io.github.semcache.redis;

import org.jspecify.annotations.NullMarked;
