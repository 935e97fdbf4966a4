@NullMarked
package io.github.semcache.internal.language;

import org.jspecify.annotations.NullMarked;
