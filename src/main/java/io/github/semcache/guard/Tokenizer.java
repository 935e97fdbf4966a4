package io.github.semcache.guard;

import io.github.semcache.guard.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes a text apart. Where tokens begin and end does not depend on case, on how much white space
 * there is, or on punctuation at the edges of words.
 */
final class Tokenizer {
  /** As many tokens are read, and no more than {@link #MOST_CHARACTERS} in them. */
  private static final int MOST_TOKENS = 1_024;

  private static final int MOST_CHARACTERS = 16_384;
  private static final int LONGEST_OPERATOR = 3;
  private static final int LONGEST_RUN = 512;
  private static final int LONGEST_QUOTATION = 200;
  private static final Set<String> CLITICS = Set.of("'s", "'d", "'ll", "'re", "'ve", "'m");
  private static final String OPERATORS = "*/-–%";

  /** What is an operator where it stands alone; punctuation where it does not. */
  private static final String ALONE = "&|*^$<>~%@\\=+";

  private static final String OPENING_QUOTES = "\"'`“‘«„";
  private static final String CLOSING_QUOTES = "\"'`”’»“";

  private final Lexicon lexicon;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int characters;
  private int quotationEnd = -1;
  private boolean initial = true;

  Tokenizer(Lexicon lexicon, String text) {
    this.lexicon = lexicon;
    this.text = text;
  }

  /** The tokens of the text, up to a limit. */
  List<Token> read() {
    while (true) {
      while (position < text.length() && isSpace(text.charAt(position))) {
        position++;
      }
      if (position == text.length()
          || tokens.size() >= MOST_TOKENS
          || characters >= MOST_CHARACTERS) {
        return tokens;
      }
      int from = position;
      while (position < text.length()
          && position - from < LONGEST_RUN
          && !isSpace(text.charAt(position))) {
        position++;
      }
      if (position < text.length() && Character.isLowSurrogate(text.charAt(position))) {
        position++;
      }
      readRun(from, position);
    }
  }

  /** Where the part that was read ends. */
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
      openQuotation(start);
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
      initial = true;
    }
  }

  /** Adds an operator or an option; false if the run is neither. */
  private boolean readSpecial(int from, int to) {
    if (isOperator(from, to)) {
      return true;
    }
    if (standsAlone(from, to)) {
      readSymbols(from, to);
      return true;
    }
    boolean flag = isFlag(from, to);
    if (flag) {
      String form = text.substring(from, to);
      add(Kind.IDENTIFIER, form, Word.unknown(form), from);
    }
    return flag;
  }

  /** Adds an operator such as "!=", of which a part would be taken for punctuation. */
  private boolean isOperator(int from, int to) {
    if (to - from < 2 || to - from > LONGEST_OPERATOR) {
      return false;
    }
    String form = text.substring(from, to);
    Word word = lexicon.listed(form);
    if (word != null) {
      add(Kind.WORD, form, word, from);
    }
    return word != null;
  }

  /** An option of a command, whose case counts: "-r", "--force". */
  private boolean isFlag(int from, int to) {
    int letters = from;
    while (letters < to && letters - from < 2 && text.charAt(letters) == '-') {
      letters++;
    }
    if (letters == from || letters == to || !isLetter(letters)) {
      return false;
    }
    for (int i = letters; i < to; i++) {
      if (!isLetter(i) && text.charAt(i) != '-') {
        return false;
      }
    }
    return true;
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
    Word whole = lexicon.listedOrInflected(folded);
    if (whole != null) {
      add(Kind.WORD, folded, whole, start);
      return;
    }
    List<Quantity> quantities = NumberParser.parse(lexicon, folded);
    if (!quantities.isEmpty()) {
      for (Quantity quantity : quantities) {
        add(Kind.NUMBER, folded, Word.unknown(folded), start, quantity);
      }
    } else if (Identifiers.isInitials(folded)) {
      addInitials(folded, start);
    } else if (Identifiers.isIdentifier(lexicon, folded)) {
      String form = Identifiers.normalize(folded);
      add(Kind.IDENTIFIER, form, Word.unknown(form), start);
    } else {
      readPieces(start, end);
    }
  }

  /** Letters, marks and inner apostrophes only. */
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
    if (apostrophe > 0 && lexicon.listedOrInflected(form) == null) {
      String ending = form.substring(apostrophe);
      if (CLITICS.contains(ending)) {
        form = form.substring(0, apostrophe);
      }
    }
    if (form.isEmpty()) {
      return;
    }
    Word word = isUpper(start, end) ? lexicon.findCapitals(form) : null;
    add(Kind.WORD, form, word != null ? word : lexicon.find(form), start);
  }

  private void addInitials(String folded, int start) {
    String form = folded.replace(".", "");
    Word word = Character.isUpperCase(text.charAt(start)) ? lexicon.findCapitals(form) : null;
    add(Kind.WORD, form, word != null ? word : lexicon.find(form), start);
  }

  /** Words, numbers and symbols with punctuation between them. */
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
            && Symbols.isMathematical(text.charAt(i))
            && Symbols.isMathematical(text.charAt(next))) {
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
      for (Quantity quantity : NumberParser.parse(lexicon, folded)) {
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

  /** Adds what is neither letter, digit nor punctuation. */
  private void readSymbols(int from, int to) {
    boolean standsAlone = standsAlone(from, to);
    for (int i = from; i < to; ) {
      int symbol = text.codePointAt(i);
      int end = standsAlone ? to : i + Character.charCount(symbol);
      if (Symbols.isMathematical(symbol)) {
        while (end < to && Symbols.isMathematical(text.charAt(end))) {
          end++;
        }
      }
      if (Symbols.isSymbol(symbol) || isBetweenDigits(i) || standsAlone) {
        String form = Folding.fold(text.substring(i, end));
        Word listed = lexicon.listedOrInflected(form);
        if (listed == null) {
          add(Kind.SYMBOL, form, Word.unknown(form), i);
        } else {
          add(Kind.WORD, form, listed, i);
        }
      }
      i = end;
    }
  }

  /** Whether a run between white space is an operator, such as the two bars of "or". */
  private boolean standsAlone(int from, int to) {
    if (to - from > LONGEST_OPERATOR || !isSpaceOrEdge(from - 1) || !isSpaceOrEdge(to)) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (ALONE.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return from < to;
  }

  private boolean isSpaceOrEdge(int index) {
    return index < 0 || index >= text.length() || isSpace(text.charAt(index));
  }

  /** A slash or star with numbers on both sides is an operator. */
  private boolean isBetweenDigits(int index) {
    if (OPERATORS.indexOf(text.charAt(index)) < 0 || tokens.isEmpty()) {
      return false;
    }
    int next = index + 1;
    while (next < text.length() && next - index < LONGEST_RUN && isSpace(text.charAt(next))) {
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
    tokens.add(new Token(kind, form, word, capitalized, initial, start < quotationEnd, quantity));
    characters += form.length();
    initial = false;
  }

  /** "l'Autriche". */
  private boolean isCapitalAfterArticle(int start) {
    return start + 2 < text.length()
        && isApostrophe(text.charAt(start + 1))
        && Character.isUpperCase(text.charAt(start + 2));
  }

  /** Notes where the quotation that begins here ends, if one does. */
  private void openQuotation(int start) {
    int kind = OPENING_QUOTES.indexOf(text.charAt(start));
    if (kind < 0 || start < quotationEnd) {
      return;
    }
    char closing = CLOSING_QUOTES.charAt(kind);
    int seen = 0;
    for (int i = start + 1; i < text.length() && seen < LONGEST_QUOTATION; i++) {
      char c = text.charAt(i);
      if (c == closing && seen > 0 && !isInsideWord(i)) {
        quotationEnd = tokens.isEmpty() && isLast(i + 1) ? -1 : i;
        return;
      }
      seen += isSpace(c) ? 0 : 1;
    }
  }

  private boolean isInsideWord(int index) {
    return index + 1 < text.length() && Character.isLetterOrDigit(text.charAt(index + 1));
  }

  private boolean isLast(int index) {
    return text.substring(index).chars().noneMatch(Character::isLetterOrDigit);
  }

  private boolean isUpper(int start, int end) {
    for (int i = start; i < end; i++) {
      if (!Character.isUpperCase(text.charAt(i))) {
        return false;
      }
    }
    return end - start > 1;
  }

  /** Punctuation before a word; a dot, slash or hyphen may be part of what follows. */
  private boolean isLeading(int index, int end) {
    char c = text.charAt(index);
    if (c == '.') {
      return index + 1 == end || !Character.isLetterOrDigit(text.charAt(index + 1));
    }
    return isTrailing(index);
  }

  private boolean isTrailing(int index) {
    char c = text.charAt(index);
    return Symbols.isPunctuation(c);
  }

  private boolean endsSentence(int index) {
    return ".?!:;\"”".indexOf(text.charAt(index)) >= 0;
  }

  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private boolean isLetter(int index) {
    char c = text.charAt(index);
    if (c < 0x80) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    int letter =
        Character.isLowSurrogate(c) ? text.codePointBefore(index + 1) : text.codePointAt(index);
    return Character.isLetter(letter) || isMark(Character.getType(letter));
  }

  private static boolean isMark(int type) {
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  private static boolean isApostrophe(char c) {
    return c == '\'' || c == '’';
  }
}
