package io.github.semcache.verify;

import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Trait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares what two texts contain besides words: white space, case, symbols, and the order of
 * numbers.
 */
final class SurfaceRules {
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final Pattern CODE = Pattern.compile("[{}();=|<>\"'`#\\\\]|:\\s*\\n");

  /** Words of texts whose subject is the case of letters. */
  private static final Set<String> CASE_WORDS =
      Set.of(
          "case",
          "capital letter",
          "capital letters",
          "capitalize",
          "capitalise",
          "uppercase",
          "lowercase",
          "upper",
          "lower",
          "regex",
          "regexp",
          "glob",
          "base64",
          "decode",
          "encode",
          "password",
          "hash",
          "acronym",
          "abbreviation",
          "spell",
          "letters",
          "capitals",
          "string");

  private static final int MIN_CODED_LENGTH = 6;

  private SurfaceRules() {}

  /** Returns the reason why two texts differ in more than their words, or null. */
  static @Nullable String difference(SurfaceTokens first, SurfaceTokens second) {
    if (isSpaceChanged(first.text, second.text)) {
      return "whitespace";
    }
    if (areSymbolsChanged(first, second)) {
      return "symbol";
    }
    if (isCaseChanged(first, second)) {
      return "case";
    }
    if (areNumbersMoved(first, second)) {
      return "number-order";
    }
    if (NumberSpelling.areDifferent(first, second)) {
      return "number";
    }
    return null;
  }

  /** Returns whether white space differs where it structures the text. */
  private static boolean isSpaceChanged(String a, String b) {
    boolean structured =
        a.indexOf('\n') >= 0
            || a.indexOf('\t') >= 0
            || b.indexOf('\n') >= 0
            || b.indexOf('\t') >= 0;
    boolean sameWords = SPACE.matcher(a).replaceAll(" ").equals(SPACE.matcher(b).replaceAll(" "));
    if (!structured) {
      return sameWords && CODE.matcher(a).find() && !a.equals(b);
    }
    List<String> first = layout(a);
    List<String> second = layout(b);
    if (!first.equals(second)) {
      return sameWords || (first.size() > 1 && second.size() > 1);
    }
    return sameWords && !trimLines(a).equals(trimLines(b));
  }

  /** Returns the indentation of each line that is not blank, and the number of its tabs. */
  private static List<String> layout(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank()) {
        int indent = 0;
        while (indent < line.length() && Character.isWhitespace(line.charAt(indent))) {
          indent++;
        }
        long tabs = line.strip().chars().filter(c -> c == '\t').count();
        lines.add(line.substring(0, indent) + "|" + tabs);
      }
    }
    return lines;
  }

  private static List<String> trimLines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static boolean areSymbolsChanged(SurfaceTokens a, SurfaceTokens b) {
    boolean code = a.isCode || b.isCode;
    if (!withoutUnits(a).equals(withoutUnits(b))) {
      return true;
    }
    if (code
        && (!a.brackets.toString().contentEquals(b.brackets)
            || !a.quotes.toString().contentEquals(b.quotes))) {
      return true;
    }
    boolean sameWords = a.lowerCaseWords().equals(b.lowerCaseWords());
    return sameWords && (areBracketsChanged(a, b) || isSentenceTypeChanged(a.text, b.text));
  }

  private static boolean areBracketsChanged(SurfaceTokens a, SurfaceTokens b) {
    boolean numbers = !a.numbers.isEmpty();
    return (numbers || (a.brackets.length() > 0 && b.brackets.length() > 0))
        && !bracketPositions(a.text).equals(bracketPositions(b.text));
  }

  /** Returns the brackets and the number of letters and digits before each of them. */
  private static List<Integer> bracketPositions(String text) {
    List<Integer> positions = new ArrayList<>();
    int letters = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        letters++;
      } else if (c == '(' || c == ')' || c == '[' || c == ']' || c == '{' || c == '}') {
        positions.add(letters * 256 + c);
      }
    }
    return positions;
  }

  /** Returns the symbols without those that may be written as words. */
  private static String withoutUnits(SurfaceTokens text) {
    StringBuilder symbols = new StringBuilder();
    for (int i = 0; i < text.symbols.length(); i++) {
      char c = text.symbols.charAt(i);
      if (c != '%' && c != '$' && c != '€' && c != '£' && c != '&' && c != '#' && c != '@'
          && c != '°' && c != '/') {
        symbols.append(c);
      }
    }
    return symbols.toString();
  }

  /** Returns whether a statement becomes a question by its final punctuation. */
  private static boolean isSentenceTypeChanged(String a, String b) {
    if (a.isEmpty() || b.isEmpty()) {
      return false;
    }
    char x = a.charAt(a.length() - 1);
    char y = b.charAt(b.length() - 1);
    boolean changed = (x == '?' && (y == '.' || y == '!')) || (y == '?' && (x == '.' || x == '!'));
    return changed && (inner(a) || inner(b));
  }

  private static boolean inner(String text) {
    String rest = text.substring(0, text.length() - 1);
    return rest.indexOf('?') >= 0 || rest.indexOf('.') >= 0;
  }

  private static boolean areNumbersMoved(SurfaceTokens a, SurfaceTokens b) {
    if (a.numbers.equals(b.numbers) || a.numbers.isEmpty()) {
      return false;
    }
    if (a.numbers.size() == b.numbers.size()) {
      for (int i = 0; i < a.numbers.size(); i++) {
        if (isRearranged(a.numbers.get(i), b.numbers.get(i))) {
          return true;
        }
      }
    }
    List<String> x = new ArrayList<>(a.numbers);
    List<String> y = new ArrayList<>(b.numbers);
    x.sort(null);
    y.sort(null);
    if (!x.equals(y)) {
      return false;
    }
    Set<String> contexts = new HashSet<>();
    for (int i = 0; i < a.numbers.size(); i++) {
      contexts.add(a.numbers.get(i) + " " + a.numberContexts.get(i));
    }
    for (int i = 0; i < b.numbers.size(); i++) {
      if (!contexts.contains(b.numbers.get(i) + " " + b.numberContexts.get(i))) {
        return true;
      }
    }
    return new HashSet<>(a.numberContexts).size() < a.numbers.size();
  }

  /** Returns whether two numbers have the same digits with other separators or in another order. */
  private static boolean isRearranged(String x, String y) {
    if (x.equals(y) || !isPunctuated(x) || !isPunctuated(y)) {
      return false;
    }
    return digits(x).equals(digits(y)) || groups(x).equals(groups(y));
  }

  private static List<String> groups(String number) {
    List<String> groups = new ArrayList<>(List.of(number.split("[.,:/]")));
    groups.sort(null);
    return groups;
  }

  private static boolean isPunctuated(String number) {
    return number.length() != digits(number).length();
  }

  private static String digits(String number) {
    char[] digits = new char[number.length()];
    int count = 0;
    for (int i = 0; i < number.length(); i++) {
      if (Character.isDigit(number.charAt(i))) {
        digits[count++] = number.charAt(i);
      }
    }
    return new String(digits, 0, count);
  }

  private static boolean isCaseChanged(SurfaceTokens a, SurfaceTokens b) {
    Map<String, Set<String>> variants = variants(a.words);
    Map<String, Set<String>> others = variants(b.words);
    boolean about =
        variants.keySet().stream().anyMatch(CASE_WORDS::contains)
            && others.keySet().stream().anyMatch(CASE_WORDS::contains);
    if (!about && !a.isCode && !b.isCode && (a.isUpperCase() || b.isUpperCase())) {
      return false;
    }
    if (a.words.size() == b.words.size()
        && (hasVariants(a) || hasVariants(b))
        && !a.words.equals(b.words)
        && a.lowerCaseWords().equals(b.lowerCaseWords())) {
      return true;
    }
    return isChanged(a, others, about, b) || isChanged(b, variants, about, a);
  }

  /** Returns how each word is written, by the word in lower case. */
  private static Map<String, Set<String>> variants(List<String> words) {
    Map<String, Set<String>> variants = new HashMap<>();
    for (String word : words) {
      variants.computeIfAbsent(word.toLowerCase(Locale.ROOT), key -> new HashSet<>(2)).add(word);
    }
    return variants;
  }

  /** Returns whether a text writes a word in two ways, other than at the start of a sentence. */
  private static boolean hasVariants(SurfaceTokens text) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < text.words.size(); i++) {
      if (!text.starts.get(i)) {
        words.add(text.words.get(i));
      }
    }
    return variants(words).values().stream().anyMatch(set -> set.size() > 1);
  }

  private static boolean isChanged(
      SurfaceTokens text, Map<String, Set<String>> others, boolean about, SurfaceTokens other) {
    boolean title = text.isTitle();
    for (int i = 0; i < text.words.size(); i++) {
      String word = text.words.get(i);
      Set<String> written = others.get(word.toLowerCase(Locale.ROOT));
      if (written == null || written.contains(word)) {
        continue;
      }
      if (matters(word, written, text, i, about, title, other.isLowerCase())) {
        return true;
      }
    }
    return false;
  }

  private static boolean matters(
      String word,
      Set<String> written,
      SurfaceTokens text,
      int index,
      boolean about,
      boolean title,
      boolean lowerCase) {
    boolean start = text.starts.get(index);
    String lower = word.toLowerCase(Locale.ROOT);
    boolean upperHere = !word.equals(lower);
    if (text.attached.get(index) && !(start && index == 0)) {
      return true;
    }
    if (isCoded(word) && written.stream().anyMatch(SurfaceRules::isCoded)) {
      return true;
    }
    if (!upperHere) {
      return false;
    }
    boolean onlyFirst = word.substring(1).equals(lower.substring(1));
    boolean otherLower = written.contains(lower);
    if (about && !(index == 0 && onlyFirst)) {
      return true;
    }
    if (lower.equals("i") || (start && onlyFirst)) {
      return false;
    }
    if (!onlyFirst && word.length() <= 3 && !otherLower) {
      return true;
    }
    if (!onlyFirst && word.length() == 2 && Character.isLowerCase(word.charAt(0))) {
      return true;
    }
    if (title || !otherLower || isTimeOfDay(text, index)) {
      return false;
    }
    return isAmbiguous(lower, onlyFirst, lowerCase);
  }

  /** Returns whether a word is "AM" or "PM" after a number. */
  private static boolean isTimeOfDay(SurfaceTokens text, int index) {
    String word = text.words.get(index);
    return (word.equalsIgnoreCase("am") || word.equalsIgnoreCase("pm"))
        && index > 0
        && Character.isDigit(text.words.get(index - 1).charAt(0));
  }

  /** Returns whether a word mixes capitals and small letters as encoded data does. */
  private static boolean isCoded(String word) {
    int changes = 0;
    for (int i = 1; i < word.length(); i++) {
      changes +=
          Character.isUpperCase(word.charAt(i)) != Character.isUpperCase(word.charAt(i - 1))
              ? 1
              : 0;
    }
    return word.length() >= MIN_CODED_LENGTH
        && changes >= 2
        && hasInnerDigitOrManyChanges(word, changes);
  }

  private static boolean hasInnerDigitOrManyChanges(String word, int changes) {
    return changes >= 3 || word.chars().anyMatch(Character::isDigit);
  }

  private static final Set<String> NAMES_AND_WORDS =
      Set.of(
          "polish",
          "turkey",
          "china",
          "march",
          "august",
          "job",
          "nice",
          "reading",
          "mobile",
          "apple",
          "oracle",
          "target",
          "shell",
          "gap",
          "swift",
          "rust",
          "go",
          "will",
          "bill",
          "mark",
          "frank",
          "rose",
          "grant",
          "bush",
          "grace",
          "hope",
          "faith",
          "joy",
          "may",
          "june",
          "april",
          "chase",
          "signal",
          "telegram",
          "zoom",
          "slack",
          "teams",
          "notion",
          "meta",
          "alphabet",
          "ford",
          "dove",
          "tide",
          "lent",
          "mercury",
          "basic",
          "dart");

  /** Function words that have no other meaning in capitals, as "us" and "it" have. */
  private static final Set<String> UNAMBIGUOUS =
      Set.of(
          "ok", "is", "are", "was", "were", "the", "my", "your", "our", "their", "to", "of", "for",
          "from", "with", "and", "not", "how", "what", "when", "where", "why", "which", "does",
          "did", "has", "have", "had", "you", "they", "this", "that", "there", "please");

  /** Returns whether a word means something else in capitals, or with a first capital. */
  private static boolean isAmbiguous(String lower, boolean onlyFirst, boolean lowerCase) {
    List<Token> tokens = TextAnalysis.of(Dictionary.english(), "the " + lower).tokens();
    Token token = tokens.get(tokens.size() - 1);
    return (NAMES_AND_WORDS.contains(lower) && !lowerCase)
        || lower.equals("aids")
        || (token.is(Trait.FUNCTION) && lower.length() > 1 && !UNAMBIGUOUS.contains(lower))
        || (onlyFirst
            && token.is(Trait.PROPER_NOUN)
            && token.is(Trait.COMMON)
            && token.is(Trait.LIGHT));
  }
}
