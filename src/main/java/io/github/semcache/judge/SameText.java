package io.github.semcache.judge;

import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.judge.AnswerJudge.Verdict;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** The judge of {@link AnswerJudge#sameText}. */
final class SameText implements AnswerJudge {
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  /** Punctuation, separators, and markup at both ends; not symbols such as currencies. */
  private static final Pattern EDGES =
      Pattern.compile("^[\\p{P}\\p{Z}`^]+|[\\p{P}\\p{Z}`^&&[^%]]+$");

  @Override
  public Verdict judge(Comparison comparison) {
    String cachedAnswer = normalize(comparison.cachedAnswer());
    String newAnswer = normalize(comparison.newAnswer());
    if (cachedAnswer.isEmpty() || newAnswer.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    return cachedAnswer.equals(newAnswer) ? Verdict.SAME : Verdict.DIFFERENT;
  }

  @Override
  public boolean isFinal() {
    return true;
  }

  private static String normalize(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
    String stripped = WHITE_SPACE.matcher(composed).replaceAll(" ").strip();
    // A minus sign is significant: -5 and 5 are different answers.
    String trimmed = stripped.startsWith("-") ? stripped : EDGES.matcher(stripped).replaceAll("");
    return trimmed.toLowerCase(Locale.ROOT);
  }
}
