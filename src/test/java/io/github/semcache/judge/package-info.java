@NullMarked
package io.github.semcache.judge;

import org.jspecify.annotations.NullMarked;
