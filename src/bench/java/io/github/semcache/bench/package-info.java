/**
 * Benchmarks, run by {@code mvn -q -Pbench test-compile exec:exec}. Results are in {@code
 * docs/benchmarks.md}.
 */
@NullMarked
package io.github.semcache.bench;

import org.jspecify.annotations.NullMarked;
