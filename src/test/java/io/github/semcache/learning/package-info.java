@NullMarked
package io.github.semcache.learning;

import org.jspecify.annotations.NullMarked;
