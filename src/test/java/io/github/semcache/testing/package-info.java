/** Fakes and fixtures that the tests share. */
@NullMarked
package io.github.semcache.testing;

import org.jspecify.annotations.NullMarked;
