package io.github.semcache.judge;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.judge.AnswerJudge.Verdict;
import java.util.List;

/** The judge of {@link AnswerJudge#distance}. */
record AnswerDistance(Embedder embedder, double same, double different) implements AnswerJudge {

  AnswerDistance {
    requireNonNull(embedder, "embedder");
    if (!(same >= 0 && same <= 2)) {
      throw new IllegalArgumentException(
          "same is " + same + "; a cosine distance lies between 0 and 2");
    }
    if (!(different >= same && different <= 2)) {
      throw new IllegalArgumentException(
          "different is " + different + "; it must be between same (" + same + ") and 2");
    }
  }

  @Override
  public Verdict judge(Comparison comparison) {
    if (comparison.cachedAnswer().isBlank() || comparison.newAnswer().isBlank()) {
      return Verdict.UNKNOWN;
    }
    List<Embedding> answers =
        embedder.embed(List.of(comparison.cachedAnswer(), comparison.newAnswer()));
    double distance = answers.get(0).cosineDistance(answers.get(1));
    if (distance <= same) {
      return Verdict.SAME;
    }
    return distance >= different ? Verdict.DIFFERENT : Verdict.UNKNOWN;
  }

  @Override
  public boolean isFinal() {
    return true;
  }
}
