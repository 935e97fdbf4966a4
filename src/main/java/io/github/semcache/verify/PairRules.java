package io.github.semcache.verify;

import io.github.semcache.guard.PromptPair;
import io.github.semcache.guard.text.Lexicon;
import io.github.semcache.guard.text.TextDiff;
import io.github.semcache.guard.text.Token;
import java.util.List;
import java.util.Set;
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
          "and");

  /** The number of shared words at both ends from which a text counts as a template. */
  private static final int MIN_SHARED = 15;

  private PairRules() {}

  static @Nullable String difference(PromptPair prompts, PairFeatures features) {
    TextDiff diff = prompts.diff(Lexicon.english());
    List<Token> first = diff.first().tokens();
    List<Token> second = diff.second().tokens();
    if (first.isEmpty() || second.isEmpty()) {
      return "symbol";
    }
    if (features.content() == 0 && !words(first).equals(words(second))) {
      return "short-turn";
    }
    if (features.hasUnmatchedContent() || diff.isNumberAdded() || diff.isNumberReplaced()) {
      int shared = sharedEnds(first, second);
      if (shared >= MIN_SHARED && shared * 2 >= Math.max(first.size(), second.size())) {
        return "template";
      }
      if (isPayloadChanged(prompts)) {
        return "template";
      }
    }
    return null;
  }

  private static List<String> words(List<Token> tokens) {
    return tokens.stream().map(Token::key).filter(form -> !FILLERS.contains(form)).toList();
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
  private static boolean isPayloadChanged(PromptPair prompts) {
    int i = payload(prompts.asked());
    int j = payload(prompts.cached());
    return i > 0
        && j > 0
        && prompts.asked().substring(0, i).equalsIgnoreCase(prompts.cached().substring(0, j));
  }

  private static int payload(String text) {
    int colon = text.indexOf(": ");
    int line = text.indexOf('\n');
    int end = colon < 0 ? line : line < 0 ? colon : Math.min(colon, line);
    return end > 0 && end + 2 < text.length() ? end : -1;
  }
}
