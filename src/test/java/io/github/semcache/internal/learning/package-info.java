/** Tests of the internal package of the same name. */
@NullMarked
package io.github.semcache.internal.learning;

import org.jspecify.annotations.NullMarked;
