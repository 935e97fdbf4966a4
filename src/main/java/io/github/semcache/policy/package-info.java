/** Hit decisions: pure functions of a query and its nearest entries. */
@NullMarked
package io.github.semcache.policy;

import org.jspecify.annotations.NullMarked;
