package io.github.semcache.judge;

import io.github.semcache.policy.Verdict;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** {@link AnswerJudge#sameText}. */
final class SameText implements AnswerJudge {
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  /** All but letters, digits, and symbols such as currencies, at either end. */
  private static final Pattern EDGES =
      Pattern.compile("^[\\p{P}\\p{Z}`^]+|[\\p{P}\\p{Z}`^&&[^%]]+$");

  @Override
  public Verdict judge(Comparison comparison) {
    String answer = normalized(comparison.answer());
    String other = normalized(comparison.otherAnswer());
    if (answer.isEmpty() || other.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    return answer.equals(other) ? Verdict.SAME : Verdict.DIFFERENT;
  }

  @Override
  public boolean isFinal() {
    return true;
  }

  private static String normalized(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
    String spaced = WHITE_SPACE.matcher(composed).replaceAll(" ").strip();
    String signed = spaced.startsWith("-") ? spaced : EDGES.matcher(spaced).replaceAll("");
    return signed.toLowerCase(Locale.ROOT);
  }
}
