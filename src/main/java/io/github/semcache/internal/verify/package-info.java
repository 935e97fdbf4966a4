/**
 * Features of two prompts, and the model that estimates from them whether the prompts ask for the
 * same.
 */
@NullMarked
package io.github.semcache.internal.verify;

import org.jspecify.annotations.NullMarked;
