/** Do two answers say the same? Judges compare answers for policies that learn. */
@NullMarked
package io.github.semcache.judge;

import org.jspecify.annotations.NullMarked;
