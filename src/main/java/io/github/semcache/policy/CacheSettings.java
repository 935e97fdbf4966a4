package io.github.semcache.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.StateStore;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * Settings that can be changed while a cache is running. An empty setting is that of the builder. A
 * setting of a prompt takes precedence. Immutable.
 *
 * @param maxDistance the maximum cosine distance of a hit, in [0, 2]; see {@link
 *     Prompt#maxDistance(double)}
 * @param timeToLive the time to live of answers that are stored from now on, from 1 ms to 100 years
 * @param deadline the time limit of a lookup, from 1 ms to 10 minutes
 */
public record CacheSettings(
    OptionalDouble maxDistance, Optional<Duration> timeToLive, Optional<Duration> deadline) {
  private static final CacheSettings NONE =
      new CacheSettings(OptionalDouble.empty(), Optional.empty(), Optional.empty());

  /** The name of the state that all instances read. */
  private static final String STATE = "settings";

  private static final String MAX_DISTANCE = "maxDistance";
  private static final String TIME_TO_LIVE = "timeToLive";
  private static final String DEADLINE = "deadline";
  private static final Duration MIN_DEADLINE = Duration.ofMillis(1);
  private static final Duration MAX_DEADLINE = Duration.ofMinutes(10);
  private static final int MAX_COSINE_DISTANCE = 2;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a setting is out of range
   */
  public CacheSettings {
    requireNonNull(maxDistance, MAX_DISTANCE);
    if (maxDistance.isPresent()
        && !(maxDistance.getAsDouble() >= 0 && maxDistance.getAsDouble() <= MAX_COSINE_DISTANCE)) {
      throw new IllegalArgumentException(
          "maxDistance is "
              + maxDistance.getAsDouble()
              + "; a cosine distance lies between 0 and 2");
    }
    timeToLive.ifPresent(Prompt::checkTimeToLive);
    if (deadline
        .filter(limit -> limit.compareTo(MIN_DEADLINE) < 0 || limit.compareTo(MAX_DEADLINE) > 0)
        .isPresent()) {
      throw new IllegalArgumentException(
          "deadline is " + deadline.get() + "; it must be between 1 ms and 10 minutes");
    }
  }

  /**
   * Returns the settings of the builder.
   *
   * @return settings that change nothing
   */
  public static CacheSettings none() {
    return NONE;
  }

  /**
   * Sets the maximum cosine distance of a hit.
   *
   * @param newMaxDistance the maximum distance, in [0, 2]
   * @return settings with the maximum distance
   * @throws IllegalArgumentException if the distance is out of range
   */
  public CacheSettings maxDistance(double newMaxDistance) {
    return new CacheSettings(OptionalDouble.of(newMaxDistance), timeToLive, deadline);
  }

  /**
   * Sets the time to live of answers that are stored from now on.
   *
   * @param newTimeToLive from 1 ms to 100 years
   * @return settings with the time to live
   * @throws IllegalArgumentException if the time to live is out of range
   */
  public CacheSettings timeToLive(Duration newTimeToLive) {
    return new CacheSettings(maxDistance, Optional.of(newTimeToLive), deadline);
  }

  /**
   * Sets the time limit of a lookup.
   *
   * @param newDeadline from 1 ms to 10 minutes
   * @return settings with the time limit
   * @throws IllegalArgumentException if the time limit is out of range
   */
  public CacheSettings deadline(Duration newDeadline) {
    return new CacheSettings(maxDistance, timeToLive, Optional.of(newDeadline));
  }

  /**
   * Reads the settings that the instances on a store share. Blocks.
   *
   * @param store the store
   * @return the settings; {@link #none} if there are none
   * @throws IllegalArgumentException if the stored settings are damaged
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public static CacheSettings load(StateStore store) {
    return store.load(STATE).map(CacheSettings::decode).orElse(NONE);
  }

  /**
   * Changes the settings that the instances on a store share. Concurrent changes lose nothing.
   * Damaged settings are replaced. Blocks.
   *
   * @param store the store
   * @param change maps the current settings to the new ones; may be called more than once
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public static void update(StateStore store, UnaryOperator<CacheSettings> change) {
    store.update(
        STATE, state -> encode(change.apply(state.map(CacheSettings::tryDecode).orElse(NONE))));
  }

  private static byte[] encode(CacheSettings settings) {
    List<String> lines = new ArrayList<>();
    settings.maxDistance.ifPresent(value -> lines.add(MAX_DISTANCE + "=" + value));
    settings.timeToLive.ifPresent(value -> lines.add(TIME_TO_LIVE + "=" + value));
    settings.deadline.ifPresent(value -> lines.add(DEADLINE + "=" + value));
    return String.join("\n", lines).getBytes(UTF_8);
  }

  private static CacheSettings tryDecode(byte[] state) {
    try {
      return decode(state);
    } catch (IllegalArgumentException e) {
      return NONE;
    }
  }

  /** Decodes settings. Those of later versions of this library are ignored. */
  private static CacheSettings decode(byte[] state) {
    CacheSettings settings = NONE;
    try {
      for (String line : new String(state, UTF_8).lines().toList()) {
        int separator = line.indexOf('=');
        String value = line.substring(separator + 1);
        settings =
            switch (line.substring(0, Math.max(0, separator))) {
              case MAX_DISTANCE -> settings.maxDistance(Double.parseDouble(value));
              case TIME_TO_LIVE -> settings.timeToLive(Duration.parse(value));
              case DEADLINE -> settings.deadline(Duration.parse(value));
              default -> settings;
            };
      }
      return settings;
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IllegalArgumentException("the stored settings are damaged", e);
    }
  }
}
