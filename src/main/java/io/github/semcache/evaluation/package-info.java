/**
 * Offline evaluation of a cache on recorded prompts. {@link io.github.semcache.evaluation.Replay}
 * sends labeled prompts through a real cache and counts the hits and the wrong hits. Requires the
 * optional dependencies {@code jackson-dataformat-csv} (CSV files), {@code
 * commons-statistics-interval} (confidence intervals), and, for reports, {@code
 * org.webjars.npm:chart.js}.
 */
@NullMarked
package io.github.semcache.evaluation;

import org.jspecify.annotations.NullMarked;
