/**
 * Metrics and traces with Micrometer. Only this package depends on Micrometer, which is an optional
 * dependency.
 */
@NullMarked
package io.github.semcache.micrometer;

import org.jspecify.annotations.NullMarked;
