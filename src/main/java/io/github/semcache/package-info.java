/** The facade: {@link io.github.semcache.SemanticCache}, its builder, and its answers. */
@NullMarked
package io.github.semcache;

import org.jspecify.annotations.NullMarked;
