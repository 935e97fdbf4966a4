package io.github.semcache.chat;

import io.github.semcache.prompt.Prompt;

/**
 * Says whether a reply may be kept. A model call that fails has no reply and is never kept.
 *
 * <p>Implementations do not block and are safe for use by many threads.
 */
@FunctionalInterface
public interface Admission {

  /**
   * Decides.
   *
   * @param prompt what was asked
   * @param reply what the model replied
   * @return true to keep the reply
   */
  boolean admits(Prompt prompt, ChatReply reply);

  /**
   * The default: keeps replies that are complete ({@link FinishReason#STOP}) and not blank.
   * Truncated answers, refusals, filtered answers and tool calls are not kept.
   *
   * @return the admission
   */
  static Admission completeAnswers() {
    return (prompt, reply) -> reply.finishReason() == FinishReason.STOP && !reply.text().isBlank();
  }

  /**
   * Keeps every reply.
   *
   * @return the admission
   */
  static Admission everything() {
    return (prompt, reply) -> true;
  }
}
