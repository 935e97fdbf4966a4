package io.github.semcache.internal.language;

import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the listed word of an inflected or derived form. A form is only split into words that are
 * listed. Unlike a rule-based stemmer, this never conflates two words ("organ", "organize") and
 * never truncates a name.
 */
final class Inflections {
  private static final int MIN_BASE_LENGTH = 2;
  private static final int MIN_HALF_LENGTH = 4;
  private static final String[] PREFIXES = {
    "un", "re", "non", "pre", "dis", "mis", "over", "out", "sub", "inter", "multi", "anti", "auto",
    "co", "self", "semi", "super", "under", "in", "im", "il", "ir", "en", "up", "down", "mini",
    "tele"
  };
  private static final String[] SUFFIXES = {
    "ly", "er", "ers", "or", "ors", "est", "ness", "ful", "less", "able", "ible", "ment", "ments",
    "ion", "ions", "ation", "ations", "al", "ally", "ity", "ish", "ive", "ous", "y", "ism", "ist",
    "ists", "ic", "ical", "ship", "hood", "wise", "ability", "ance", "ence", "ant", "ent", "ee",
        "en",
    "ery", "age", "ication", "ications"
  };

  private Inflections() {}

  /**
   * Returns the base form of a plural, a tense or a participle, or null if it is not a common word.
   */
  static @Nullable Word base(String form, Function<String, @Nullable Word> listed) {
    int length = form.length();
    if (length < 3) {
      return null;
    }
    Word found = null;
    if (form.endsWith("s") && !form.endsWith("ss")) {
      found = singular(form, listed);
    } else if (form.endsWith("ed")) {
      found = form.endsWith("ied") ? replaceEnding(form, 3, "y", listed) : null;
      found = found == null ? stem(form.substring(0, length - 2), listed) : found;
    } else if (form.endsWith("ing")) {
      found = stem(form.substring(0, length - 3), listed);
    }
    return found;
  }

  private static @Nullable Word singular(String form, Function<String, @Nullable Word> listed) {
    Word found = replaceEnding(form, 1, "", listed);
    if (found == null && form.endsWith("ies")) {
      found = replaceEnding(form, 3, "y", listed);
    }
    if (found == null && form.endsWith("es")) {
      found = replaceEnding(form, 2, "", listed);
    }
    return found;
  }

  /** Looks up a stem as it is, then with a final "e", then without a doubled consonant. */
  private static @Nullable Word stem(String stem, Function<String, @Nullable Word> listed) {
    Word found = replaceEnding(stem, 0, "", listed);
    if (found == null) {
      found = replaceEnding(stem, 0, "e", listed);
    }
    int length = stem.length();
    if (found == null && length > 2 && stem.charAt(length - 1) == stem.charAt(length - 2)) {
      found = replaceEnding(stem, 1, "", listed);
    }
    return found;
  }

  /** Looks up a form with its last letters replaced; returns null if that is no common word. */
  private static @Nullable Word replaceEnding(
      String form, int letters, String ending, Function<String, @Nullable Word> listed) {
    int length = form.length() - letters;
    if (length < MIN_BASE_LENGTH) {
      return null;
    }
    Word word = listed.apply(form.substring(0, length) + ending);
    return word != null && word.is(Token.Trait.COMMON) ? word : null;
  }

  /**
   * Returns whether a form is a common word with a prefix or suffix, or a compound of two common
   * words.
   */
  static boolean isDerived(String form, Predicate<String> common) {
    if (hasSuffix(form, common)) {
      return true;
    }
    for (String prefix : PREFIXES) {
      if (form.startsWith(prefix) && form.length() >= prefix.length() + MIN_HALF_LENGTH) {
        String rest = form.substring(prefix.length());
        if (common.test(rest) || hasSuffix(rest, common)) {
          return true;
        }
      }
    }
    for (int i = MIN_HALF_LENGTH; i <= form.length() - MIN_HALF_LENGTH; i++) {
      if (common.test(form.substring(0, i)) && common.test(form.substring(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasSuffix(String form, Predicate<String> common) {
    for (String suffix : SUFFIXES) {
      if (form.endsWith(suffix) && hasBase(form, form.length() - suffix.length(), common)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasBase(String form, int length, Predicate<String> common) {
    if (length < MIN_BASE_LENGTH + 1) {
      return false;
    }
    String stem = form.substring(0, length);
    char last = stem.charAt(length - 1);
    return common.test(stem)
        || common.test(stem + "e")
        || (form.endsWith("ication") && common.test(stem + "y"))
        || (last == 'i' && common.test(stem.substring(0, length - 1) + "y"))
        || (last == stem.charAt(length - 2) && common.test(stem.substring(0, length - 1)));
  }
}
