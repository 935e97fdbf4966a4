@NullMarked
package io.github.semcache.architecture;

import org.jspecify.annotations.NullMarked;
