@NullMarked
package io.github.semcache.cli;

import org.jspecify.annotations.NullMarked;
