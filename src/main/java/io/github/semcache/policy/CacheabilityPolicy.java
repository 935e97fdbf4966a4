package io.github.semcache.policy;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.prompt.Prompt;
import java.util.Optional;

/**
 * Decides whether the answer of the model to a prompt may be cached. A prompt whose answer depends
 * on the moment or on private state bypasses the cache: it is not compared with similar prompts,
 * and the answer is not stored.
 *
 * <p>The policy is consulted after an exact miss. A stored answer to exactly the same prompt is
 * served without it: one that was stored by {@code put}, by a prompt with its own limit, or under
 * another policy.
 *
 * <p>Implementations are pure functions: they do not block, have no side effects, and are
 * thread-safe. If a policy throws, the prompt bypasses the cache with the reason {@link
 * MissReason#POLICY_ERROR}, and the failure is counted.
 */
@FunctionalInterface
public interface CacheabilityPolicy {

  /**
   * Returns the reason why a prompt must bypass the cache.
   *
   * @param prompt the prompt
   * @return the reason; empty if the answer may be cached
   */
  Optional<MissReason> bypassReason(Prompt prompt);

  /**
   * Returns a policy that recognizes common English prompts whose answer depends on the moment or
   * on private state. The codes of the reasons are:
   *
   * <ul>
   *   <li>{@code volatile-time}: the time, the date, days until an event
   *   <li>{@code volatile-weather}: the weather and its forecast
   *   <li>{@code volatile-price}: market prices, exchange rates, interest rates
   *   <li>{@code volatile-news}: news and recent events
   *   <li>{@code volatile-sports}: results, standings and fixtures
   *   <li>{@code volatile-fact}: current holders of an office, current figures, latest versions
   *   <li>{@code volatile-status}: open shops, traffic, delays, outages, availability
   *   <li>{@code volatile-schedule}: programs and departures
   *   <li>{@code private-state}: the user's balance, orders, calendar, messages, or location
   * </ul>
   *
   * <p>The policy is conservative: if it is unsure, the prompt is cacheable. It does not check
   * prompts with a {@linkplain Prompt#timeToLive(java.time.Duration) time to live} or a {@linkplain
   * Prompt#maxAge(java.time.Duration) maximum age} of their own, texts of more than 1,000
   * characters, and sentences of more than 40 words. Texts that contain code are cacheable, and so
   * are requests to write, translate, define or explain something. The earlier messages and the
   * system text are not read.
   *
   * @return the policy, the same instance for every call
   */
  static CacheabilityPolicy english() {
    return VolatilePrompts.english();
  }

  /**
   * Returns a policy by which every prompt is cacheable.
   *
   * @return the policy
   */
  static CacheabilityPolicy none() {
    return (CacheabilityPolicy & NonBlocking) prompt -> Optional.empty();
  }
}
