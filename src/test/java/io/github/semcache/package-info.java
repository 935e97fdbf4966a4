@NullMarked
package io.github.semcache;

import org.jspecify.annotations.NullMarked;
