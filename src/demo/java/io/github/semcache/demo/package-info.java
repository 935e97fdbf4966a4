/** A demo: three questions, two of which call the model. */
@NullMarked
package io.github.semcache.demo;

import org.jspecify.annotations.NullMarked;
