/** A demo: four questions, two of which call the model, and the questions of the user. */
@NullMarked
package io.github.semcache.demo;

import org.jspecify.annotations.NullMarked;
