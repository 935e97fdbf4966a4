@NullMarked
package io.github.semcache.policy;

import org.jspecify.annotations.NullMarked;
