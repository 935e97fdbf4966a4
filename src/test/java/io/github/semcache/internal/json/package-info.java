@NullMarked
package io.github.semcache.internal.json;

import org.jspecify.annotations.NullMarked;
