package io.github.semcache.judge;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** The judge of {@link AnswerJudge#sameText}. */
final class SameText implements AnswerJudge {
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  /** Hyphens and dashes that are also used as a minus sign. The last one is U+2212. */
  private static final String DASHES = "[-\u2010\u2012\u2013\u2212]";

  /** A minus sign is significant, unlike a list marker, which a space follows: -5 is not 5. */
  private static final String MINUS = DASHES + "(?=[.,(\\\\]*[\\p{L}\\p{N}\\p{S}])";

  private static final Pattern LEADING_MINUS = Pattern.compile("^" + MINUS);

  /** A list marker or a minus sign. */
  private static final Pattern MARKED_NUMBER =
      Pattern.compile("^" + DASHES + " (?=[.,\\p{Sc}]*\\p{N})");

  private static final String END = "[\\p{P}\\p{Z}`^&&[^%]]";

  /**
   * Punctuation, separators, and markup at both ends; not symbols such as currencies. The end
   * matches only from the start of a run of these characters, so the time is linear in its length.
   */
  private static final Pattern EDGES =
      Pattern.compile(
          "^(?:(?!" + MINUS + ")[\\p{P}\\p{Z}`^\u2212])++|(?<!" + END + ")" + END + "++$");

  @Override
  public Verdict judge(Comparison comparison) {
    String cachedAnswer = normalize(comparison.cachedAnswer());
    String newAnswer = normalize(comparison.newAnswer());
    String cachedText = trim(cachedAnswer);
    String newText = trim(newAnswer);
    if (cachedText.isEmpty() || newText.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    if (isMarkedNumber(cachedAnswer) != isMarkedNumber(newAnswer)) {
      // "- 5" is an item of a list or a negative number.
      return unsigned(cachedText).equals(unsigned(newText)) ? Verdict.UNKNOWN : Verdict.DIFFERENT;
    }
    return cachedText.equals(newText) ? Verdict.SAME : Verdict.DIFFERENT;
  }

  @Override
  public boolean isFinal() {
    return true;
  }

  private static String normalize(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
    return WHITE_SPACE.matcher(composed).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
  }

  private static String trim(String normalized) {
    String trimmed = EDGES.matcher(normalized).replaceAll("");
    return LEADING_MINUS.matcher(trimmed).replaceFirst("-");
  }

  private static boolean isMarkedNumber(String normalized) {
    return MARKED_NUMBER.matcher(normalized).find();
  }

  private static String unsigned(String trimmed) {
    return LEADING_MINUS.matcher(trimmed).replaceFirst("");
  }
}
