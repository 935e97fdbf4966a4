@NullMarked
package io.github.semcache.guard.text;

import org.jspecify.annotations.NullMarked;
