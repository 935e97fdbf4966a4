/**
 * Benchmarks: {@code mvn -q -Pbench test-compile exec:exec}; results are kept in
 * docs/benchmarks.md.
 */
@NullMarked
package io.github.semcache.bench;

import org.jspecify.annotations.NullMarked;
