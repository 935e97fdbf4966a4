/** Publication of events to the counters and the listener. Internal: not part of the API. */
@NullMarked
package io.github.semcache.internal.stats;

import org.jspecify.annotations.NullMarked;
