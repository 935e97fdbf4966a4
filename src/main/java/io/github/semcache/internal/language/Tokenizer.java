package io.github.semcache.internal.language;

import static io.github.semcache.internal.language.CharacterClasses.isApostrophe;
import static io.github.semcache.internal.language.CharacterClasses.isSpace;

import io.github.semcache.internal.language.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Splits a text into tokens. Case, the amount of white space, and punctuation at the edges of words
 * do not affect where tokens start and end.
 */
final class Tokenizer {
  private static final int MAX_TOKENS = 1_024;

  /** The maximum number of characters in all tokens. */
  private static final int MAX_CHARACTERS = 16_384;

  private static final int MAX_OPERATOR_LENGTH = 3;

  /** The maximum length of a run of characters without white space. */
  private static final int MAX_RUN_LENGTH = 512;

  private static final Set<String> CLITICS = Set.of("'s", "'d", "'ll", "'re", "'ve", "'m");
  private static final String OPERATORS = "*/-–%";

  /** Characters that are operators between white space, and punctuation elsewhere. */
  private static final String STANDALONE_OPERATORS = "&|*^$<>~%@\\=+";

  private final Dictionary dictionary;
  private final String text;
  private final Quotations quotations;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int characters;
  private boolean startsSentence = true;

  Tokenizer(Dictionary dictionary, String text) {
    this.dictionary = dictionary;
    this.text = text;
    this.quotations = new Quotations(text);
  }

  /** Returns the tokens of the text up to the limits. */
  List<Token> read() {
    while (true) {
      while (position < text.length() && isSpace(text.charAt(position))) {
        position++;
      }
      if (position == text.length()
          || tokens.size() >= MAX_TOKENS
          || characters >= MAX_CHARACTERS) {
        return tokens;
      }
      int from = position;
      while (position < text.length()
          && position - from < MAX_RUN_LENGTH
          && !isSpace(text.charAt(position))) {
        position++;
      }
      if (position < text.length() && Character.isLowSurrogate(text.charAt(position))) {
        position++;
      }
      readRun(from, position);
    }
  }

  /** Returns the index after the part of the text that was read. */
  int position() {
    return position;
  }

  private void readRun(int from, int to) {
    if (!Character.isLetterOrDigit(text.charAt(from)) && readSpecial(from, to)) {
      return;
    }
    int start = from;
    int end = to;
    while (start < end && isLeading(start, end)) {
      quotations.open(start, tokens.isEmpty());
      start++;
    }
    while (start < end && isTrailing(end - 1)) {
      end--;
    }
    if (start == end || (end - start == 1 && OPERATORS.indexOf(text.charAt(start)) >= 0)) {
      readSymbols(from, to);
    } else {
      readTrimmed(start, end);
    }
    if (endsSentence(to - 1)) {
      startsSentence = true;
    }
  }

  /** Adds an operator or a command-line option; returns false if the run is neither. */
  private boolean readSpecial(int from, int to) {
    if (readOperator(from, to)) {
      return true;
    }
    if (isStandaloneOperator(from, to)) {
      readSymbols(from, to);
      return true;
    }
    boolean option = Identifiers.isCommandOption(text, from, to);
    if (option) {
      String form = text.substring(from, to);
      add(Kind.IDENTIFIER, form, Word.unknown(form), from);
    }
    return option;
  }

  /**
   * Adds a listed operator such as "!=", which contains punctuation; returns false if it is none.
   */
  private boolean readOperator(int from, int to) {
    if (to - from < 2 || to - from > MAX_OPERATOR_LENGTH) {
      return false;
    }
    String form = text.substring(from, to);
    Word word = dictionary.listed(form);
    if (word != null) {
      add(Kind.WORD, form, word, from);
    }
    return word != null;
  }

  private void readTrimmed(int start, int end) {
    if (isWord(start, end)) {
      addWord(start, end);
      return;
    }
    String folded = Folding.fold(text.substring(start, end));
    if (folded.length() > 2 && folded.endsWith("'s")) {
      folded = folded.substring(0, folded.length() - 2);
    }
    Word whole = dictionary.listedOrInflected(folded);
    if (whole != null) {
      add(Kind.WORD, folded, whole, start);
      return;
    }
    List<Quantity> quantities = NumberParser.parse(dictionary, folded);
    if (!quantities.isEmpty()) {
      for (Quantity quantity : quantities) {
        add(Kind.NUMBER, folded, Word.unknown(folded), start, quantity);
      }
    } else if (Identifiers.isInitials(folded)) {
      addInitials(folded, start);
    } else if (Identifiers.isIdentifier(dictionary, folded)) {
      String form = Identifiers.normalize(folded);
      add(Kind.IDENTIFIER, form, Word.unknown(form), start);
    } else {
      readPieces(start, end);
    }
  }

  /** Returns whether a range consists of letters, marks and inner apostrophes. */
  private boolean isWord(int start, int end) {
    for (int i = start; i < end; i++) {
      boolean inner = i > start && i + 1 < end;
      if (!isLetter(i) && !(inner && isApostrophe(text.charAt(i)))) {
        return false;
      }
    }
    return true;
  }

  private void addWord(int start, int end) {
    String form = Folding.fold(text.substring(start, end));
    int apostrophe = form.lastIndexOf('\'');
    if (apostrophe > 0 && dictionary.listedOrInflected(form) == null) {
      String ending = form.substring(apostrophe);
      if (CLITICS.contains(ending)) {
        form = form.substring(0, apostrophe);
      }
    }
    if (form.isEmpty()) {
      return;
    }
    Word word = isUpper(start, end) ? dictionary.findCapitals(form) : null;
    add(Kind.WORD, form, word != null ? word : dictionary.find(form), start);
  }

  private void addInitials(String folded, int start) {
    String form = folded.replace(".", "");
    Word word = Character.isUpperCase(text.charAt(start)) ? dictionary.findCapitals(form) : null;
    add(Kind.WORD, form, word != null ? word : dictionary.find(form), start);
  }

  /** Reads words, numbers and symbols with punctuation between them. */
  private void readPieces(int start, int end) {
    int i = start;
    while (i < end) {
      int from = i;
      while (i < end && isPiece(i, from, end)) {
        i++;
      }
      if (i > from) {
        readPiece(from, i);
      } else {
        int next = i + Character.charCount(text.codePointAt(i));
        while (next < end
            && CharacterClasses.isMathematical(text.charAt(i))
            && CharacterClasses.isMathematical(text.charAt(next))) {
          next++;
        }
        readSymbols(i, Math.min(end, next));
        i = next;
      }
    }
  }

  private void readPiece(int from, int to) {
    if (Character.isDigit(text.charAt(from))) {
      String folded = Folding.fold(text.substring(from, to));
      for (Quantity quantity : NumberParser.parse(dictionary, folded)) {
        add(Kind.NUMBER, folded, Word.unknown(folded), from, quantity);
      }
    } else {
      addWord(from, to);
    }
  }

  private boolean isPiece(int index, int from, int end) {
    char c = text.charAt(index);
    if (Character.isDigit(text.charAt(from))) {
      boolean inner =
          (c == '.' || c == ',' || c == ':')
              && index + 1 < end
              && Character.isDigit(text.charAt(index + 1));
      return Character.isDigit(c) || inner;
    }
    return isLetter(index)
        || (isApostrophe(c) && index > from && index + 1 < end && isLetter(index + 1));
  }

  /** Adds the symbols of a range without letters and digits; ignores punctuation. */
  private void readSymbols(int from, int to) {
    boolean standalone = isStandaloneOperator(from, to);
    for (int i = from; i < to; ) {
      int symbol = text.codePointAt(i);
      int end = standalone ? to : i + Character.charCount(symbol);
      if (CharacterClasses.isMathematical(symbol)) {
        while (end < to && CharacterClasses.isMathematical(text.charAt(end))) {
          end++;
        }
      }
      if (CharacterClasses.isSymbol(symbol) || isBetweenDigits(i) || standalone) {
        String form = Folding.fold(text.substring(i, end));
        Word listed = dictionary.listedOrInflected(form);
        if (listed == null) {
          add(Kind.SYMBOL, form, Word.unknown(form), i);
        } else {
          add(Kind.WORD, form, listed, i);
        }
      }
      i = end;
    }
  }

  /** Returns whether a range between white space is an operator, such as "||". */
  private boolean isStandaloneOperator(int from, int to) {
    if (to - from > MAX_OPERATOR_LENGTH || !isSpaceOrEdge(from - 1) || !isSpaceOrEdge(to)) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (STANDALONE_OPERATORS.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return from < to;
  }

  private boolean isSpaceOrEdge(int index) {
    return index < 0 || index >= text.length() || isSpace(text.charAt(index));
  }

  /** Returns whether a character is an operator between two numbers, such as a slash or a star. */
  private boolean isBetweenDigits(int index) {
    if (OPERATORS.indexOf(text.charAt(index)) < 0 || tokens.isEmpty()) {
      return false;
    }
    int next = index + 1;
    while (next < text.length() && next - index < MAX_RUN_LENGTH && isSpace(text.charAt(next))) {
      next++;
    }
    return tokens.get(tokens.size() - 1).isNumber()
        && next < text.length()
        && Character.isDigit(text.charAt(next));
  }

  private void add(Kind kind, String form, Word word, int start) {
    add(kind, form, word, start, null);
  }

  private void add(Kind kind, String form, Word word, int start, @Nullable Quantity quantity) {
    boolean capitalized =
        Character.isUpperCase(text.codePointAt(start)) || isCapitalAfterArticle(start);
    boolean literal = quotations.contains(start);
    tokens.add(new Token(kind, form, word, capitalized, startsSentence, literal, quantity));
    characters += form.length();
    startsSentence = false;
  }

  /** Returns whether a capital follows an elided article, as in "l'Autriche". */
  private boolean isCapitalAfterArticle(int start) {
    return start + 2 < text.length()
        && isApostrophe(text.charAt(start + 1))
        && Character.isUpperCase(text.charAt(start + 2));
  }

  private boolean isUpper(int start, int end) {
    for (int i = start; i < end; i++) {
      if (!Character.isUpperCase(text.charAt(i))) {
        return false;
      }
    }
    return end - start > 1;
  }

  /**
   * Returns whether a character is punctuation before a word. A dot may be part of the word that
   * follows.
   */
  private boolean isLeading(int index, int end) {
    char c = text.charAt(index);
    if (c == '.') {
      return index + 1 == end || !Character.isLetterOrDigit(text.charAt(index + 1));
    }
    return isTrailing(index);
  }

  private boolean isTrailing(int index) {
    return CharacterClasses.isPunctuation(text.charAt(index));
  }

  private boolean endsSentence(int index) {
    return ".?!:;\"”".indexOf(text.charAt(index)) >= 0;
  }

  private boolean isLetter(int index) {
    return CharacterClasses.isLetter(text, index);
  }
}
