package io.github.semcache.guard;

import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the listed word behind an inflected or derived form. A form is only ever taken apart into
 * words that are listed, so that unlike a stemmer of rules alone it never makes one word of two
 * ("organ", "organize") and never cuts a name.
 */
final class Inflections {
  private static final int SHORTEST_BASE = 2;
  private static final int SHORTEST_HALF = 4;
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

  /** The ordinary word of which a form is the plural, a tense, or a participle; null if of none. */
  static @Nullable Word base(String form, Function<String, @Nullable Word> listed) {
    int length = form.length();
    if (length < 3) {
      return null;
    }
    Word found = null;
    if (form.endsWith("s") && !form.endsWith("ss")) {
      found = plural(form, listed);
    } else if (form.endsWith("ed")) {
      found = form.endsWith("ied") ? cut(form, 3, "y", listed) : null;
      found = found == null ? stem(form.substring(0, length - 2), listed) : found;
    } else if (form.endsWith("ing")) {
      found = stem(form.substring(0, length - 3), listed);
    }
    return found;
  }

  private static @Nullable Word plural(String form, Function<String, @Nullable Word> listed) {
    Word found = cut(form, 1, "", listed);
    if (found == null && form.endsWith("ies")) {
      found = cut(form, 3, "y", listed);
    }
    if (found == null && form.endsWith("es")) {
      found = cut(form, 2, "", listed);
    }
    return found;
  }

  /** Looks up a stem as it is, with the e that an ending took, and without a doubled consonant. */
  private static @Nullable Word stem(String stem, Function<String, @Nullable Word> listed) {
    Word found = cut(stem, 0, "", listed);
    if (found == null) {
      found = cut(stem, 0, "e", listed);
    }
    int length = stem.length();
    if (found == null && length > 2 && stem.charAt(length - 1) == stem.charAt(length - 2)) {
      found = cut(stem, 1, "", listed);
    }
    return found;
  }

  private static @Nullable Word cut(
      String form, int letters, String ending, Function<String, @Nullable Word> listed) {
    int length = form.length() - letters;
    if (length < SHORTEST_BASE) {
      return null;
    }
    Word word = listed.apply(form.substring(0, length) + ending);
    return word != null && word.is(Word.Trait.COMMON) ? word : null;
  }

  /** Whether a form is an ordinary word with a prefix or suffix, or two ordinary words in one. */
  static boolean isDerived(String form, Predicate<String> ordinary) {
    if (hasSuffix(form, ordinary)) {
      return true;
    }
    for (String prefix : PREFIXES) {
      if (form.startsWith(prefix) && form.length() >= prefix.length() + SHORTEST_HALF) {
        String rest = form.substring(prefix.length());
        if (ordinary.test(rest) || hasSuffix(rest, ordinary)) {
          return true;
        }
      }
    }
    for (int i = SHORTEST_HALF; i <= form.length() - SHORTEST_HALF; i++) {
      if (ordinary.test(form.substring(0, i)) && ordinary.test(form.substring(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasSuffix(String form, Predicate<String> ordinary) {
    for (String suffix : SUFFIXES) {
      if (form.endsWith(suffix) && isBase(form, form.length() - suffix.length(), ordinary)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBase(String form, int length, Predicate<String> ordinary) {
    if (length < SHORTEST_BASE + 1) {
      return false;
    }
    String stem = form.substring(0, length);
    char last = stem.charAt(length - 1);
    return ordinary.test(stem)
        || ordinary.test(stem + "e")
        || (form.endsWith("ication") && ordinary.test(stem + "y"))
        || (last == 'i' && ordinary.test(stem.substring(0, length - 1) + "y"))
        || (last == stem.charAt(length - 2) && ordinary.test(stem.substring(0, length - 1)));
  }
}
