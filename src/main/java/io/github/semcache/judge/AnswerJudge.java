package io.github.semcache.judge;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;

/**
 * Decides whether two answers are equivalent, so that the cached one could have been served instead
 * of the new one. Implementations are thread-safe.
 *
 * <p>The cache calls the judge in the background, one comparison at a time on a dedicated thread.
 * It interrupts that thread if the judge exceeds its time limit or the cache is closed. An
 * exception of the judge is counted as a failure, and the verdict is {@link Verdict#UNKNOWN}.
 */
@FunctionalInterface
public interface AnswerJudge {

  /**
   * Compares two answers. May block.
   *
   * @param comparison the answers and their prompts
   * @return the verdict; {@link Verdict#UNKNOWN} if the judge is not certain
   * @throws RuntimeException if the comparison fails
   */
  Verdict judge(Comparison comparison);

  /**
   * Returns whether a verdict of {@link Verdict#DIFFERENT} is final. If not, the cache repeats the
   * comparison, and counts a verdict that is not confirmed as unknown: a false verdict of DIFFERENT
   * does more harm than many correct verdicts do good, because it makes a correct hit look wrong.
   *
   * @return true if the judge is deterministic or confirms its verdicts itself; false by default
   */
  default boolean isFinal() {
    return false;
  }

  /**
   * Returns a judge that compares texts. It ignores case, and differences of white space. At both
   * ends of a text, it also ignores punctuation, list markers, and markup, except for a minus sign.
   * It suits models that answer from a fixed set, such as classifiers. Paraphrases are different.
   *
   * @return the judge
   */
  static AnswerJudge sameText() {
    return new SameText();
  }

  /**
   * Returns a judge that compares the embeddings of the answers. The verdict is unknown if an
   * answer is blank or the distance is between both thresholds.
   *
   * @param embedder the embedder of the answers
   * @param same the maximum cosine distance of equivalent answers, in [0, 2]
   * @param different the minimum cosine distance of different answers, in [{@code same}, 2]
   * @return the judge
   * @throws IllegalArgumentException if a distance is out of range
   */
  static AnswerJudge distance(Embedder embedder, double same, double different) {
    return new AnswerDistance(embedder, same, different);
  }

  /**
   * Returns a judge that compares answers without a model call: their texts, then the facts that
   * they state, then their embeddings. A changed number, name, unit, date, negation, or yes and no
   * makes answers different. Answers with the same content words are the same. The verdict on
   * answers in other words is unknown in most cases, as is the verdict on answers in a language
   * other than English and on code.
   *
   * @param embedder the embedder of the answers, for example that of the cache
   * @return the judge
   */
  static AnswerJudge local(Embedder embedder) {
    return new LocalJudge(embedder);
  }

  /**
   * Returns a judge that asks a chat model. The model must reply with one of three words; any other
   * reply counts as unknown. If the verdict is different, the model is asked again with the answers
   * in reverse order, and the verdict is unknown unless it is confirmed.
   *
   * @param model the model; a small model at temperature 0 is sufficient
   * @return the judge
   */
  static AnswerJudge chat(ChatClient model) {
    return new ChatJudge(model);
  }

  /**
   * A cached answer and a new answer of the model, with their prompts. Immutable.
   *
   * @param cachedPrompt the prompt of the cached answer
   * @param cachedAnswer the cached answer
   * @param newPrompt the prompt of the new answer
   * @param newAnswer the new answer
   */
  record Comparison(String cachedPrompt, String cachedAnswer, String newPrompt, String newAnswer) {

    public Comparison {
      requireNonNull(cachedPrompt, "cachedPrompt");
      requireNonNull(cachedAnswer, "cachedAnswer");
      requireNonNull(newPrompt, "newPrompt");
      requireNonNull(newAnswer, "newAnswer");
    }

    /** Returns the lengths of the answers, but no text. */
    @Override
    public String toString() {
      return "Comparison[answers of "
          + cachedAnswer.length()
          + " and "
          + newAnswer.length()
          + " characters]";
    }
  }

  /** The result of comparing the answers to two prompts. */
  enum Verdict {
    /** The answers are equivalent. */
    SAME,
    /** The answers differ. Serving one for the other would have been wrong. */
    DIFFERENT,
    /** The comparison was inconclusive. */
    UNKNOWN
  }
}
