/** The order in which candidates are verified. Internal: not part of the API. */
@NullMarked
package io.github.semcache.internal.decision;

import org.jspecify.annotations.NullMarked;
