/**
 * Judges the cache on recorded traffic: {@link io.github.semcache.evaluation.Replay} sends labeled
 * prompts through a real cache and counts what it would have answered, and how much of that would
 * have been wrong. Needs the optional dependencies {@code jackson-dataformat-csv} (to read CSV) and
 * {@code commons-statistics-interval} (confidence intervals).
 */
@NullMarked
package io.github.semcache.evaluation;

import org.jspecify.annotations.NullMarked;
