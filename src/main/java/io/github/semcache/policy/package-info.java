/** Near enough? Policies decide, of the nearest entries, whether one answers the query. */
@NullMarked
package io.github.semcache.policy;

import org.jspecify.annotations.NullMarked;
