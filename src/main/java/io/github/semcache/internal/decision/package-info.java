/** The order in which candidates are verified. */
@NullMarked
package io.github.semcache.internal.decision;

import org.jspecify.annotations.NullMarked;
