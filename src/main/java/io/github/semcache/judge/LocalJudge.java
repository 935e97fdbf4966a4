package io.github.semcache.judge;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.judge.AnswerJudge.Verdict;
import java.util.List;

/**
 * The judge of {@link AnswerJudge#local}. Compares the texts, then the facts that they state, then
 * their embeddings.
 */
record LocalJudge(Embedder embedder) implements AnswerJudge {
  /** Answers without a common content word are different from this distance on. */
  private static final double UNRELATED = 0.75;

  /** Answers with the same content words are the same up to this distance. */
  private static final double SAME_WORDS = 0.35;

  LocalJudge {
    requireNonNull(embedder, "embedder");
  }

  @Override
  public Verdict judge(Comparison comparison) {
    AnswerText cached = AnswerText.of(comparison.cachedAnswer());
    AnswerText other = AnswerText.of(comparison.newAnswer());
    if (cached.isBlank() || other.isBlank()) {
      return Verdict.UNKNOWN;
    }
    if (cached.hasSameTextAs(other)) {
      return Verdict.SAME;
    }
    if (cached.isRefusal() != other.isRefusal()) {
      return Verdict.DIFFERENT;
    }
    AnswerDiff diff = AnswerDiff.of(cached, other, comparison);
    if (diff.isContradiction()) {
      return Verdict.DIFFERENT;
    }
    if (diff.isSameContent()) {
      return distance(cached, other) <= SAME_WORDS ? Verdict.SAME : Verdict.UNKNOWN;
    }
    return diff.isUnrelated() && distance(cached, other) >= UNRELATED
        ? Verdict.DIFFERENT
        : Verdict.UNKNOWN;
  }

  @Override
  public boolean isFinal() {
    return true;
  }

  private double distance(AnswerText cached, AnswerText other) {
    List<Embedding> answers = embedder.embed(List.of(cached.text(), other.text()));
    return answers.get(0).cosineDistance(answers.get(1));
  }
}
