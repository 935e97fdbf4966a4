package io.github.semcache.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The words, numbers, and symbols of a text as written, with case and punctuation. The text
 * analysis of the guards removes what this class records.
 */
final class SurfaceTokens {
  /** The maximum number of characters that are read. */
  static final int MAX_CHARACTERS = 16_384;

  private static final String BRACKETS = "()";

  /** A time of day whose second part is written without a space: "8:30am". */
  private static final Pattern TIME = Pattern.compile("\\d{1,2}[:.]\\d\\d[aApP][mM]");

  /**
   * A code in which a digit follows a letter, such as that of a booking: "5TREX8". It may be
   * written in small letters. In a code with both, such as "9bZ7q", the case has a meaning.
   */
  private static final Pattern CODE_WITH_LETTERS =
      Pattern.compile("\\d\\p{L}+\\d\\w+|\\d\\p{L}{3,}\\d\\w*");

  private static final String CODE = "=+*/\\|&^%$#@~<>[]{}_";
  private static final String SENTENCE_END = ".?!";

  /** The number of long words from which capitals are a style, as opposed to a name or a code. */
  private static final int MIN_UPPER_CASE_WORDS = 3;

  final String text;
  final List<String> words = new ArrayList<>();

  /** Whether each word follows the end of a sentence, a line break, or nothing. */
  final List<Boolean> starts = new ArrayList<>();

  /** Whether each word touches a symbol or a digit of a word. */
  final List<Boolean> attached = new ArrayList<>();

  /** Runs of digits with the separators between them. */
  final List<String> numbers = new ArrayList<>();

  /** The words before and after each number, in lower case. */
  final List<String> numberContexts = new ArrayList<>();

  /** The symbols that are not ordinary punctuation, in the order of the text. */
  final StringBuilder symbols = new StringBuilder();

  final StringBuilder brackets = new StringBuilder();
  final StringBuilder quotes = new StringBuilder();

  /** Whether the text has operators, or quotes a single character or a symbol. */
  boolean isCode;

  private boolean startsSentence = true;
  private @Nullable List<String> lowerCaseWords;

  SurfaceTokens(String text) {
    this.text = text;
    int length = Math.min(text.length(), MAX_CHARACTERS);
    for (int i = 0; i < length; ) {
      int c = text.codePointAt(i);
      if (Character.isLetterOrDigit(c) || isMark(c)) {
        i = readWord(i, length);
      } else {
        readSymbol(c, i);
        i += Character.charCount(c);
      }
    }
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  private int readWord(int start, int length) {
    int end = start;
    boolean digits = false;
    while (end < length) {
      int c = text.codePointAt(end);
      if (!Character.isLetterOrDigit(c) && !isMark(c) && !isSeparator(end, length)) {
        break;
      }
      digits |= Character.isDigit(c);
      end += Character.charCount(c);
    }
    end = Math.min(end, length);
    String word = text.substring(start, end);
    if (digits && Character.isDigit(word.codePointAt(0))) {
      addNumber(start, word);
    }
    words.add(word);
    starts.add(startsSentence);
    attached.add(isSymbolAt(start - 1) || isSymbolAt(end));
    startsSentence = false;
    return end;
  }

  private void addNumber(int start, String word) {
    StringBuilder number = new StringBuilder();
    if (start > 0 && text.charAt(start - 1) == '-' && (start == 1 || !isWordAt(start - 2))) {
      number.append('-');
    }
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      number.append(Character.isDigit(c) ? (char) ('0' + Character.digit(c, 10)) : c);
    }
    String written = number.toString();
    boolean isUpperCase = written.equals(written.toUpperCase(Locale.ROOT));
    if (isUpperCase && CODE_WITH_LETTERS.matcher(written).matches()) {
      written = written.toLowerCase(Locale.ROOT);
    }
    numbers.add(
        TIME.matcher(written).matches() ? written.substring(0, written.length() - 2) : written);
    String before = words.isEmpty() ? "" : words.get(words.size() - 1).toLowerCase(Locale.ROOT);
    numberContexts.add(before);
  }

  /** Returns whether a character stands between two digits, as in 1.5, 3:16, and 6/8. */
  private boolean isSeparator(int index, int length) {
    char c = text.charAt(index);
    return (c == '.' || c == ',' || c == ':' || c == '/')
        && index > 0
        && index + 1 < length
        && Character.isDigit(text.charAt(index - 1))
        && Character.isDigit(text.charAt(index + 1));
  }

  private boolean isWordAt(int index) {
    return index >= 0 && index < text.length() && Character.isLetterOrDigit(text.charAt(index));
  }

  /** Returns whether there is a character that is neither white space nor part of a word. */
  private boolean isSymbolAt(int index) {
    if (index < 0 || index >= text.length()) {
      return false;
    }
    char c = text.charAt(index);
    return CODE.indexOf(c) >= 0 || (c == '-' && index + 1 < text.length() && isOption(index));
  }

  private boolean isOption(int index) {
    boolean free =
        index == 0
            || Character.isWhitespace(text.charAt(index - 1))
            || text.charAt(index - 1) == '-';
    return free && index + 1 < text.length() && !Character.isWhitespace(text.charAt(index + 1));
  }

  private void readSymbol(int c, int index) {
    if (Character.isWhitespace(c)) {
      startsSentence |= c == '\n';
      return;
    }
    if (CODE.indexOf(c) >= 0) {
      symbols.appendCodePoint(c);
      isCode |= c != '%' && c != '$' && c != '&' && c != '/' && c != '#' && c != '@';
    } else if (BRACKETS.indexOf(c) >= 0) {
      brackets.appendCodePoint(c);
    } else if (c == '"' || c == '“' || c == '”' || c == '„' || c == '«' || c == '»') {
      quotes.append('"');
      isCode |= isShortQuotation(index);
    } else if (c == '\'' || c == '’' || c == '`' || c == '‘') {
      if (!isWordAt(index - 1) || !isWordAt(index + 1)) {
        quotes.append(c == '`' ? '`' : '\'');
      }
    } else if (c == '-' || c == '!' || c == '?' || c == ':' || c == '.' || c == ',' || c == ';') {
      if (isInner(c, index)) {
        symbols.appendCodePoint(c);
      }
      startsSentence |= SENTENCE_END.indexOf(c) >= 0 || c == ':';
    } else if (isMeaningful(c)) {
      symbols.appendCodePoint(c);
    }
  }

  private boolean isShortQuotation(int index) {
    int close = text.indexOf('"', index + 1);
    return close > index && close - index <= 3;
  }

  /** Returns whether a punctuation mark is an operator here: an option, foo?.bar, x !== y. */
  private boolean isInner(int c, int index) {
    if (c == '-') {
      return isOption(index);
    }
    if (index + 1 >= text.length()) {
      return false;
    }
    char next = text.charAt(index + 1);
    return switch (c) {
      case '!', '?' -> next == '=' || (next == '.' && isWordAt(index + 2)) || isWordAt(index + 1);
      case ':' -> next == ':' || next == '=';
      case ',' -> next == ')' || next == ']';
      default -> false;
    };
  }

  private static boolean isMeaningful(int c) {
    return switch (Character.getType(c)) {
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL,
          Character.OTHER_NUMBER ->
          c != '©' && c != '®' && c != '™';
      default -> false;
    };
  }

  /** Returns the words in lower case. Several rules need them, so they are computed once. */
  List<String> lowerCaseWords() {
    List<String> known = lowerCaseWords;
    if (known == null) {
      known = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
      lowerCaseWords = known;
    }
    return known;
  }

  /** Returns whether the text has several long words and no small letters. */
  boolean isUpperCase() {
    return words.stream().filter(word -> word.length() > 2).count() >= MIN_UPPER_CASE_WORDS
        && text.equals(text.toUpperCase(Locale.ROOT));
  }

  boolean isLowerCase() {
    return text.equals(text.toLowerCase(Locale.ROOT));
  }

  /** Returns whether most words start with a capital. */
  boolean isTitle() {
    int capitals = 0;
    for (int i = 1; i < words.size(); i++) {
      capitals += Character.isUpperCase(words.get(i).codePointAt(0)) ? 1 : 0;
    }
    return capitals > 1 && capitals * 2 > words.size() - 1;
  }
}
