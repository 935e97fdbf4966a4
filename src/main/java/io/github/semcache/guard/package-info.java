/**
 * Same question, other words? Guards compare two prompts that an embedding model finds alike and
 * object where a number, a name, an opposite or another small word makes the answer a different
 * one.
 */
@NullMarked
package io.github.semcache.guard;

import org.jspecify.annotations.NullMarked;
