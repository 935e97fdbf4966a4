@NullMarked
package io.github.semcache.langchain4j;

import org.jspecify.annotations.NullMarked;
