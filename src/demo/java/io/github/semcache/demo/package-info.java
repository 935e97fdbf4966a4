/** The demonstration: three questions, two model calls. */
@NullMarked
package io.github.semcache.demo;

import org.jspecify.annotations.NullMarked;
