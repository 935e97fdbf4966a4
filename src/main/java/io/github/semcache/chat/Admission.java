package io.github.semcache.chat;

import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.prompt.Prompt;

/**
 * Decides whether a reply of the model may be stored. It is not asked about failed model calls,
 * which are never stored.
 *
 * <p>Implementations are thread-safe and do not block.
 */
@FunctionalInterface
public interface Admission {

  /**
   * Decides whether a reply may be stored.
   *
   * @param prompt the prompt
   * @param reply the reply of the model
   * @return true if the reply may be stored
   */
  boolean admits(Prompt prompt, ChatReply reply);

  /**
   * Returns the default admission. It admits replies that are complete ({@link FinishReason#STOP})
   * and not blank. It rejects truncated answers, refusals, filtered answers, tool calls, answers
   * without the requested format, and answers from live data.
   *
   * @return the admission
   */
  static Admission completeAnswers() {
    return (Admission & NonBlocking)
        (prompt, reply) -> reply.finishReason() == FinishReason.STOP && !reply.text().isBlank();
  }

  /**
   * Returns an admission that admits every reply.
   *
   * @return the admission
   */
  static Admission everything() {
    return (Admission & NonBlocking) (prompt, reply) -> true;
  }
}
