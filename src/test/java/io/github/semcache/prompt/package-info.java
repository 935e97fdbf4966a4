@NullMarked
package io.github.semcache.prompt;

import org.jspecify.annotations.NullMarked;
