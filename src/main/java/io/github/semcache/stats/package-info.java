/** What happened: events as they occur, and counters over all of them. */
@NullMarked
package io.github.semcache.stats;

import org.jspecify.annotations.NullMarked;
