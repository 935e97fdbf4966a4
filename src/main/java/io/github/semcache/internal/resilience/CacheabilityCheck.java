package io.github.semcache.internal.resilience;

import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.Optional;

/** The cacheability policy with failure handling. */
public final class CacheabilityCheck {
  private final CacheabilityPolicy policy;
  private final FailOpen failOpen;

  /**
   * Creates the check.
   *
   * @param policy the policy
   * @param failOpen contains its failures
   */
  public CacheabilityCheck(CacheabilityPolicy policy, FailOpen failOpen) {
    this.policy = policy;
    this.failOpen = failOpen;
  }

  /**
   * Returns the reason why the answer to a prompt must not be cached; empty if it may be. If the
   * policy fails, the answer must not be cached.
   *
   * @param prompt the prompt
   * @return the reason, or empty
   */
  public Optional<MissReason> tryBypassReason(Prompt prompt) {
    return failOpen
        .attempt(Operation.CLASSIFY, () -> bypassReason(prompt))
        .orElse(Optional.of(MissReason.POLICY_ERROR));
  }

  /**
   * Returns the reason as {@link #tryBypassReason} does. Failures of the policy are thrown.
   *
   * @param prompt the prompt
   * @return the reason, or empty
   */
  public Optional<MissReason> bypassReason(Prompt prompt) {
    return policy.bypassReason(prompt);
  }

  /**
   * Returns the maximum time to live of the answer to a prompt that may be cached only because of
   * its maximum age; empty for other prompts. An entry is served to every prompt with its key, and
   * a prompt without a maximum age would otherwise receive an answer of any age.
   *
   * @param prompt the prompt
   * @return the maximum, or empty
   */
  public Optional<Duration> maxTimeToLive(Prompt prompt) {
    return prompt.timeToLive().isEmpty()
            && prompt.maxAge().isPresent()
            && tryBypassReason(prompt.withoutLimits()).isPresent()
        ? prompt.maxAge()
        : Optional.empty();
  }
}
