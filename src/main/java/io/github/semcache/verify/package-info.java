/**
 * The second stage of a hit decision: whether the answer of a candidate that distance admits also
 * answers the query.
 */
@NullMarked
package io.github.semcache.verify;

import org.jspecify.annotations.NullMarked;
