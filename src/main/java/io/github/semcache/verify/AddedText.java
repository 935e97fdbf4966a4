package io.github.semcache.verify;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Detects a prompt that consists of another prompt and additional text. Someone who wants to
 * replace the answer to a prompt of another user can copy that prompt and add an instruction, or
 * repeat its words, while the embedding stays similar.
 */
final class AddedText {
  /** The reason of a text that has an additional sentence. */
  static final String SENTENCE = "added-sentence";

  private static final Pattern NOT_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Pattern AMOUNT_SYMBOL = Pattern.compile("[$€%]");
  private static final Pattern DOLLARS = Pattern.compile("\\$ ?(\\d[\\d.,]*)");
  private static final Pattern EUROS = Pattern.compile("€ ?(\\d[\\d.,]*)");
  private static final Pattern PERCENT = Pattern.compile("(\\d) ?%");
  private static final Pattern APOSTROPHE = Pattern.compile("['’]");

  /** Abbreviations whose period ends no sentence. */
  private static final String ABBREVIATION =
      "\\b(?:st|dr|mr|mrs|ms|prof|jr|sr|vs|mt|ft|e\\.g|i\\.e)";

  /**
   * The end of a sentence. The period of "no." ends none before a number. A run of marks is matched
   * only from its first mark on and never in part, so that the time is linear in its length.
   */
  private static final Pattern SENTENCE_END =
      Pattern.compile(
          "(?=[.!?;:…])(?<![.!?;:…])(?!(?<="
              + ABBREVIATION
              + ")\\.\\s)(?!(?<=\\bno)\\.\\s*\\d)[.!?;:…]++(?:\\s+|$)|\\R+",
          Pattern.CASE_INSENSITIVE);

  /** The words that a prompt may have in addition to another one. */
  private static final Set<String> COURTESY =
      Set.of(
          ("a an the i im id ive me my we us our you your he she they it its this that there please"
                  + " pls plz kindly sorry bother urgent asap curious grateful appreciate chance hi"
                  + " hello hey dear sir madam thanks thank thx cheers so ok okay um umm uh hmm"
                  + " basically honestly well just also now currently right moment at all ever exactly"
                  + " actually really possible possibly maybe can could will do does did is are was am"
                  + " be have has had want wanna need like would know tell help question quick wonder"
                  + " wondering ask asking to for of on in with and but if how what whats when where"
                  + " which who why some any here still then hallo bonjour salut hola ciao buongiorno"
                  + " olá привет здравствуйте 你好 您好 bitte por favor per favore sil vous te plaît"
                  + " пожалуйста")
              .split(" "));

  /** The number of words from which a text is long enough to be contained in another one. */
  private static final int MIN_WORDS = 3;

  /** The factor and the number of characters by which the longer text may be longer. */
  private static final int MAX_LENGTH_FACTOR = 4;

  private static final int MAX_ADDED_LENGTH = 200;

  /** The fraction of a sentence's words that the other text must have. */
  private static final double MIN_COVERED = 0.5;

  private AddedText() {}

  /** Returns the reason why one of two texts has additional text, or null. */
  static @Nullable String difference(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    if (Math.max(a.length(), b.length()) > MAX_LENGTH_FACTOR * shorter + MAX_ADDED_LENGTH) {
      return "length";
    }
    List<String> first = words(a);
    List<String> second = words(b);
    if (isContained(first, second) || isContained(second, first)) {
      return "added-text";
    }
    if (hasAddedSentence(a, second) || hasAddedSentence(b, first)) {
      return SENTENCE;
    }
    return areWordsRepeated(first, second) ? "repeated-words" : null;
  }

  private static List<String> words(String text) {
    String lowerCase = APOSTROPHE.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    if (AMOUNT_SYMBOL.matcher(lowerCase).find()) {
      lowerCase = DOLLARS.matcher(lowerCase).replaceAll("$1 dollars");
      lowerCase = EUROS.matcher(lowerCase).replaceAll("$1 euros");
      lowerCase = PERCENT.matcher(lowerCase).replaceAll("$1 percent");
    }
    return Arrays.stream(NOT_WORD.split(lowerCase)).filter(word -> !word.isEmpty()).toList();
  }

  /** Returns whether the longer text contains the shorter one and words besides courtesies. */
  private static boolean isContained(List<String> longer, List<String> shorter) {
    if (shorter.size() < MIN_WORDS || longer.size() <= shorter.size()) {
      return false;
    }
    int start = indexOf(longer, shorter);
    return start >= 0
        && !(COURTESY.containsAll(longer.subList(0, start))
            && COURTESY.containsAll(longer.subList(start + shorter.size(), longer.size())));
  }

  /**
   * Returns the position of a list in another one, or -1 if there is none. Takes linear time, by
   * the algorithm of Knuth, Morris, and Pratt.
   */
  private static int indexOf(List<String> longer, List<String> shorter) {
    int[] borders = new int[shorter.size()];
    for (int i = 1; i < borders.length; i++) {
      borders[i] = extend(borders, shorter, borders[i - 1], shorter.get(i));
    }
    int matched = 0;
    for (int i = 0; i < longer.size(); i++) {
      matched = extend(borders, shorter, matched, longer.get(i));
      if (matched == shorter.size()) {
        return i + 1 - matched;
      }
    }
    return -1;
  }

  /** Returns the length of the longest prefix of a list that ends with a word. */
  private static int extend(int[] borders, List<String> list, int matched, String word) {
    int length = matched;
    while (length > 0 && !list.get(length).equals(word)) {
      length = borders[length - 1];
    }
    return list.get(length).equals(word) ? length + 1 : length;
  }

  /** Returns whether a text has several sentences, one of which is not about the other text. */
  private static boolean hasAddedSentence(String text, List<String> otherWords) {
    String[] sentences = SENTENCE_END.split(text, 0);
    if (sentences.length < 2) {
      return false;
    }
    Set<String> others = new HashSet<>(otherWords);
    for (String sentence : sentences) {
      List<String> words =
          words(sentence).stream().filter(word -> !COURTESY.contains(word)).toList();
      long covered = words.stream().filter(others::contains).count();
      if (covered < MIN_COVERED * words.size()) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether at least two words occur more often in one text than in the other. */
  private static boolean areWordsRepeated(List<String> a, List<String> b) {
    Map<String, Integer> first = counts(a);
    Map<String, Integer> second = counts(b);
    return repeated(first, second) >= 2 || repeated(second, first) >= 2;
  }

  private static Map<String, Integer> counts(List<String> words) {
    Map<String, Integer> counts = new HashMap<>();
    words.stream()
        .filter(word -> !COURTESY.contains(word))
        .forEach(word -> counts.merge(word, 1, Integer::sum));
    return counts;
  }

  private static long repeated(Map<String, Integer> more, Map<String, Integer> less) {
    return more.entrySet().stream()
        .filter(word -> word.getValue() > Math.max(1, less.getOrDefault(word.getKey(), 0)))
        .count();
  }
}
