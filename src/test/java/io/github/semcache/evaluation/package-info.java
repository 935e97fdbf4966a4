@NullMarked
package io.github.semcache.evaluation;

import org.jspecify.annotations.NullMarked;
