package io.github.semcache.guard;

import java.util.Optional;

/**
 * Compares a new prompt with a cached one and rejects the pair if the cached answer would be wrong.
 * A guard never causes a hit; it can only prevent one.
 *
 * <pre>{@code
 * Guard sameTicket = prompts ->
 *     ticketIn(prompts.asked()).equals(ticketIn(prompts.cached()))
 *         ? Optional.empty()
 *         : Optional.of(new RejectionReason("other-ticket"));
 * }</pre>
 *
 * <p>Implementations must be pure functions. They must be thread-safe and must not block.
 */
@FunctionalInterface
public interface Guard {

  /**
   * Compares two prompts.
   *
   * @param prompts the two prompts
   * @return the reason of the rejection, or empty if the cached answer may be served
   */
  Optional<RejectionReason> reject(PromptPair prompts);
}
