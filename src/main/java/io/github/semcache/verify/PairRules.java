package io.github.semcache.verify;

import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.verify.PairFeatures;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Differences between two texts that no other feature can outweigh. */
final class PairRules {
  /** Words whose addition never changes a prompt, however short it is. */
  private static final Set<String> FILLERS =
      Set.of(
          "a",
          "an",
          "the",
          "please",
          "pls",
          "plz",
          "kindly",
          "hi",
          "hello",
          "hey",
          "thanks",
          "thank you",
          "thx",
          "um",
          "uh",
          "well",
          "oh",
          "so",
          "and",
          "is");

  private static final Pattern ORDINAL = Pattern.compile("\\d+(st|nd|rd|th)");

  /** The number of shared words at both ends from which a text counts as a template. */
  private static final int MIN_SHARED = 15;

  private PairRules() {}

  static @Nullable String difference(
      SurfaceTokens asked, SurfaceTokens cached, PairFeatures features) {
    TextDiff diff = features.diff();
    List<Token> first = diff.first().tokens();
    List<Token> second = diff.second().tokens();
    if (first.isEmpty() || second.isEmpty()) {
      return "symbol";
    }
    if (features.isWithoutContent() && !words(first).equals(words(second))) {
      return "short-turn";
    }
    if (hasAddedOrdinal(first, second) || hasAddedOrdinal(second, first)) {
      return "number";
    }
    String replacement = features.replacement();
    if (replacement != null) {
      return replacement;
    }
    String command = CommandRules.difference(asked, cached);
    if (command != null) {
      return command;
    }
    if (ReplacedName.isIn(diff)) {
      return "name";
    }
    String role = RoleRules.difference(first, second);
    if (role != null) {
      return role;
    }
    String function = FunctionWordRules.difference(diff, features);
    if (function != null) {
      return function;
    }
    if (features.hasUnmatchedContent() || diff.isNumberAdded() || diff.isNumberReplaced()) {
      int shared = sharedEnds(first, second);
      if (shared >= MIN_SHARED && shared * 2 >= Math.max(first.size(), second.size())) {
        return "template";
      }
      if (isPayloadChanged(asked.text, cached.text)) {
        return "template";
      }
    }
    return ModalityRules.areDifferent(asked, cached) ? "modality" : null;
  }

  /**
   * Returns whether a text has an ordinal number that the other text lacks: "the third chapter".
   * The word "first" also occurs where there is no second one: "who first climbed".
   */
  private static boolean hasAddedOrdinal(List<Token> tokens, List<Token> others) {
    return tokens.stream()
        .filter(token -> token.isNumber() && isOrdinal(token))
        .anyMatch(token -> others.stream().noneMatch(other -> other.key().equals(token.key())));
  }

  private static boolean isOrdinal(Token token) {
    return (token.is(Trait.ORDINAL) || ORDINAL.matcher(token.form()).matches())
        && !token.form().equals("first");
  }

  private static List<String> words(List<Token> tokens) {
    return tokens.stream()
        .filter(token -> token.kind() != Kind.NUMBER_PART)
        .map(Token::key)
        .filter(form -> !FILLERS.contains(form))
        .toList();
  }

  private static int sharedEnds(List<Token> a, List<Token> b) {
    int shorter = Math.min(a.size(), b.size());
    int prefix = 0;
    while (prefix < shorter && a.get(prefix).key().equals(b.get(prefix).key())) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < shorter - prefix
        && a.get(a.size() - 1 - suffix).key().equals(b.get(b.size() - 1 - suffix).key())) {
      suffix++;
    }
    return prefix + suffix;
  }

  /**
   * Returns whether the texts have the same words before a colon or line break, and others after.
   */
  private static boolean isPayloadChanged(String asked, String cached) {
    int i = payload(asked);
    int j = payload(cached);
    return i > 0 && j > 0 && asked.substring(0, i).equalsIgnoreCase(cached.substring(0, j));
  }

  private static int payload(String text) {
    int colon = text.indexOf(": ");
    int line = text.indexOf('\n');
    int end = colon < 0 ? line : line < 0 ? colon : Math.min(colon, line);
    return end > 0 && end + 2 < text.length() ? end : -1;
  }
}
