package io.github.semcache;

import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long entries live.
 *
 * @param timeToLive the cache's time to live; empty keeps entries without expiry
 * @param jitter the share of each time to live, 0 to 1, that chance may take off
 */
record ExpiryPolicy(Optional<Duration> timeToLive, double jitter, RandomGenerator random) {

  /** The time to live of the answer to a prompt, at least a millisecond. */
  Optional<Duration> of(Prompt prompt) {
    return prompt.timeToLive().or(() -> timeToLive).map(this::shortened);
  }

  private Duration shortened(Duration full) {
    if (jitter == 0) {
      return full;
    }
    long millis = Math.round(full.toMillis() * (1 - jitter * random.nextDouble()));
    return Duration.ofMillis(Math.max(1, millis));
  }
}
