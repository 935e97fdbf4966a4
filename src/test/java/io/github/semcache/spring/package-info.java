@NullMarked
package io.github.semcache.spring;

import org.jspecify.annotations.NullMarked;
