package io.github.semcache.guard;

import java.util.Optional;

/**
 * Compares the prompt that is asked with a cached one and objects if the cached answer would be
 * wrong. A guard never makes a hit; it only takes one away.
 *
 * <pre>{@code
 * Guard sameTicket = prompts ->
 *     ticketIn(prompts.asked()).equals(ticketIn(prompts.cached()))
 *         ? Optional.empty()
 *         : Optional.of(new RejectionReason("other-ticket"));
 * }</pre>
 *
 * <p>Implementations are pure functions that do not block, safe for use by many threads. Those of
 * {@link Guards} are symmetric, never object to two prompts that differ in case, white space or
 * closing punctuation alone, and take time in proportion to the length of the prompts.
 */
@FunctionalInterface
public interface Guard {

  /**
   * Compares two prompts.
   *
   * @param prompts the two prompts
   * @return the objection, or empty if there is none
   */
  Optional<RejectionReason> reject(PromptPair prompts);
}
