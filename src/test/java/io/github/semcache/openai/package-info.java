@NullMarked
package io.github.semcache.openai;

import org.jspecify.annotations.NullMarked;
