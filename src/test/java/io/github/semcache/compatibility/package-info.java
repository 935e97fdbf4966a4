/** Tests with other versions of the libraries than those that the build compiles with. */
@NullMarked
package io.github.semcache.compatibility;

import org.jspecify.annotations.NullMarked;
