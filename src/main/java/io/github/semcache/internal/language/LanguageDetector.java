package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Detects the language of a text by its script and its most frequent words. */
final class LanguageDetector {
  static final String ENGLISH = "en";
  static final String GERMAN = "de";

  private static final int FIRST_NON_ASCII = 0x80;

  private LanguageDetector() {}

  /** Returns a language code, the name of a script other than Latin, or empty if undetected. */
  static String detect(Dictionary dictionary, List<Token> tokens) {
    UnicodeScript script = script(tokens);
    if (script != UnicodeScript.LATIN) {
      return script == UnicodeScript.COMMON ? "" : script.name();
    }
    int[] votes = new int[Long.SIZE];
    int words = 0;
    int known = 0;
    int frequent = 0;
    for (Token token : tokens) {
      if (token.kind() == Kind.WORD && !token.isLiteral()) {
        words++;
        known += token.isKnown() ? 1 : 0;
        frequent += token.is(Trait.FUNCTION) ? 1 : 0;
        countVotes(token.word().languages(), votes);
      }
    }
    int best = indexOfMax(votes);
    boolean foreign = votes[best] > frequent && (votes[best] > 1 || known == 0);
    if (foreign) {
      return dictionary.language(best);
    }
    boolean english =
        known * 2 >= words && words > 0 && (votes[best] == 0 || frequent > votes[best]);
    return english ? ENGLISH : "";
  }

  private static void countVotes(long languages, int[] votes) {
    for (long rest = languages; rest != 0; rest &= rest - 1) {
      votes[Long.numberOfTrailingZeros(rest)]++;
    }
  }

  private static int indexOfMax(int[] votes) {
    int best = 0;
    for (int i = 1; i < votes.length; i++) {
      best = votes[i] > votes[best] ? i : best;
    }
    return best;
  }

  /** Returns the script of most words. The scripts of Chinese and Japanese count as one. */
  private static UnicodeScript script(List<Token> tokens) {
    int latin = 0;
    Map<UnicodeScript, Integer> others = new EnumMap<>(UnicodeScript.class);
    for (Token token : tokens) {
      if (token.kind() == Kind.WORD && !token.isLiteral()) {
        int first = token.form().codePointAt(0);
        if (first < FIRST_NON_ASCII) {
          latin++;
        } else {
          others.merge(script(first), 1, Integer::sum);
        }
      }
    }
    latin += others.getOrDefault(UnicodeScript.LATIN, 0);
    UnicodeScript most = latin > 0 ? UnicodeScript.LATIN : UnicodeScript.COMMON;
    int count = latin;
    for (Map.Entry<UnicodeScript, Integer> other : others.entrySet()) {
      if (other.getValue() > count) {
        most = other.getKey();
        count = other.getValue();
      }
    }
    return most;
  }

  private static UnicodeScript script(int letter) {
    UnicodeScript script = UnicodeScript.of(letter);
    return switch (script) {
      case HIRAGANA, KATAKANA -> UnicodeScript.HAN;
      case INHERITED -> UnicodeScript.COMMON;
      default -> script;
    };
  }
}
