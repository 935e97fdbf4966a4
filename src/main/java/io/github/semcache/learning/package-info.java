/** A policy that learns from verdicts which hits are right, and keeps an error budget. */
@NullMarked
package io.github.semcache.learning;

import org.jspecify.annotations.NullMarked;
