/** The fewest lines for each integration; the README shows them as they stand here. */
@NullMarked
package io.github.semcache.examples;

import org.jspecify.annotations.NullMarked;
