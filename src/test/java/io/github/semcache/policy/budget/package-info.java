@NullMarked
package io.github.semcache.policy.budget;

import org.jspecify.annotations.NullMarked;
