package io.github.semcache.judge;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.policy.Verdict;

/**
 * Says whether two answers say the same, so that one could have been served for the other.
 *
 * <p>The cache asks it off the callers' path, one comparison at a time on a thread of its own,
 * which it interrupts when the cache is closed or the judge takes too long. A judge that throws is
 * counted as one that cannot tell. Implementations are safe for use by many threads.
 */
@FunctionalInterface
public interface AnswerJudge {

  /**
   * Compares two answers. May block.
   *
   * @param comparison the answers with their prompts
   * @return the verdict; {@link Verdict#UNKNOWN} rather than a guess
   * @throws RuntimeException if the judge cannot be asked
   */
  Verdict judge(Comparison comparison);

  /**
   * Whether a verdict of {@link Verdict#DIFFERENT} is final. If not, the cache asks once more, and
   * takes one that is not confirmed for unknown: a single false one weighs more than many right
   * ones, since it makes a good hit look wrong.
   *
   * @return false unless overridden; judges that give the same verdict each time, or have asked
   *     twice themselves, say true
   */
  default boolean isFinal() {
    return false;
  }

  /**
   * Compares the texts, without regard to case, white space, punctuation and markup at their edges.
   * Right for models that answer from a fixed set, such as classifiers; free prose that says the
   * same in other words counts as different.
   *
   * @return the judge
   */
  static AnswerJudge sameText() {
    return new SameText();
  }

  /**
   * Compares the embeddings of the answers: the same up to one distance, different from another one
   * on, and unknown between.
   *
   * @param embedder makes the embeddings
   * @param same the largest cosine distance, 0 to 2, of answers that say the same
   * @param different the smallest cosine distance of answers that differ, at least {@code same}
   * @return the judge
   * @throws IllegalArgumentException if a distance is outside its bounds
   */
  static AnswerJudge distance(Embedder embedder, double same, double different) {
    return new AnswerDistance(embedder, same, different);
  }

  /**
   * Asks a chat model. Its reply must be one of three words; anything else counts as unknown. A
   * verdict of different is asked for once more with the answers swapped, and counts only if it is
   * confirmed.
   *
   * @param model the model; a small one at temperature 0 will do
   * @return the judge
   */
  static AnswerJudge chat(ChatClient model) {
    return new ChatJudge(model);
  }
}
