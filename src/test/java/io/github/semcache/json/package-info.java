@NullMarked
package io.github.semcache.json;

import org.jspecify.annotations.NullMarked;
