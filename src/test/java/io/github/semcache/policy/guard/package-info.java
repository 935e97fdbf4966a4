@NullMarked
package io.github.semcache.policy.guard;

import org.jspecify.annotations.NullMarked;
