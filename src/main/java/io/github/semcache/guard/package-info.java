/**
 * Guards compare a new prompt with a cached one that an embedding model considers similar. They
 * reject the pair if a number, a name, an opposite or another small difference changes the answer.
 */
@NullMarked
package io.github.semcache.guard;

import org.jspecify.annotations.NullMarked;
