package io.github.semcache.internal.entry;

import io.github.semcache.policy.CacheSettings;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The time to live of entries.
 *
 * @param timeToLive the default time to live; empty for no expiry
 * @param jitter the maximum fraction, in [0, 1], by which each time to live is shortened at random
 * @param random the source of the jitter
 */
public record ExpiryPolicy(Optional<Duration> timeToLive, double jitter, RandomGenerator random) {

  /**
   * Returns this policy with the current settings.
   *
   * @param settings the settings
   * @return a policy with their time to live as the default; this one if they have none
   */
  public ExpiryPolicy with(CacheSettings settings) {
    return settings.timeToLive().isPresent()
        ? new ExpiryPolicy(settings.timeToLive(), jitter, random)
        : this;
  }

  /**
   * Returns the time to live of the answer to a prompt.
   *
   * @param prompt the prompt
   * @return the time to live, at least 1 ms; empty for no expiry
   */
  public Optional<Duration> timeToLiveOf(Prompt prompt) {
    return prompt.timeToLive().or(() -> timeToLive).map(this::shortened);
  }

  /**
   * Returns the time to live of the answer to a prompt, with a maximum.
   *
   * @param prompt the prompt
   * @param max the maximum; empty for none
   * @return the time to live, at least 1 ms; empty for no expiry
   */
  public Optional<Duration> timeToLiveOf(Prompt prompt, Optional<Duration> max) {
    Optional<Duration> usual = timeToLiveOf(prompt);
    return max.filter(limit -> limit.compareTo(usual.orElse(Prompt.MAX_TIME_TO_LIVE)) < 0)
        .map(
            limit -> limit.compareTo(Prompt.MIN_TIME_TO_LIVE) < 0 ? Prompt.MIN_TIME_TO_LIVE : limit)
        .or(() -> usual);
  }

  private Duration shortened(Duration full) {
    if (jitter == 0) {
      return full;
    }
    long millis = Math.round(full.toMillis() * (1 - jitter * random.nextDouble()));
    return Duration.ofMillis(Math.max(1, millis));
  }
}
