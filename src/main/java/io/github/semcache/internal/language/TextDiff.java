package io.github.semcache.internal.language;

import static java.util.Objects.requireNonNull;

import io.github.semcache.internal.language.Dictionary.WordList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tokens and numbers that only one of two texts has. Immutable and thread-safe.
 *
 * <p>Two tokens are the same if they have the same form or key. A token also counts as common to
 * both texts if the other text has it with a typing error, abbreviated, or split into parts.
 */
public final class TextDiff {
  /** The maximum number of tokens of one text for a comparison of different spellings. */
  private static final int MAX_COMPARED = 48;

  private final TextAnalysis first;
  private final TextAnalysis second;
  private final List<Token> onlyInFirst;
  private final List<Token> onlyInSecond;
  private final List<Quantity> numbersOnlyInFirst;
  private final List<Quantity> numbersOnlyInSecond;
  private final boolean mayBeEnglish;

  private TextDiff(TextAnalysis first, TextAnalysis second) {
    this.first = first;
    this.second = second;
    List<Token> inFirst = missingTokens(first, second);
    List<Token> inSecond = missingTokens(second, first);
    numbersOnlyInFirst = missingNumbers(first.quantities(), second.quantities());
    numbersOnlyInSecond = missingNumbers(second.quantities(), first.quantities());
    mayBeEnglish = first.mayBeEnglish() && second.mayBeEnglish();
    if (isComparable(inFirst) && isComparable(inSecond)) {
      removeSplitWords(inFirst, inSecond);
      removeMisspellings(inFirst, inSecond);
      removeAcronyms(inFirst, inSecond);
    }
    onlyInFirst = List.copyOf(inFirst);
    onlyInSecond = List.copyOf(inSecond);
  }

  /**
   * Compares two texts.
   *
   * @param first the analysis of one text
   * @param second the analysis of the other text, with the same dictionary
   * @return the difference
   */
  public static TextDiff of(TextAnalysis first, TextAnalysis second) {
    return new TextDiff(requireNonNull(first, "first"), requireNonNull(second, "second"));
  }

  /**
   * Analyzes and compares two texts.
   *
   * @param dictionary the word lists
   * @param first a text
   * @param second another text
   * @return their difference
   */
  public static TextDiff of(Dictionary dictionary, String first, String second) {
    return of(TextAnalysis.of(dictionary, first), TextAnalysis.of(dictionary, second));
  }

  private static boolean isComparable(List<Token> tokens) {
    return !tokens.isEmpty() && tokens.size() <= MAX_COMPARED;
  }

  private static List<Token> missingTokens(TextAnalysis text, TextAnalysis other) {
    List<Token> missing = new ArrayList<>();
    for (Token token : text.tokens()) {
      boolean isPart = token.kind() == Token.Kind.NUMBER_PART || isPlainNumber(token);
      if (!isPart && !other.has(token.form()) && (token.isLiteral() || !other.has(token.key()))) {
        missing.add(token);
      }
    }
    return missing;
  }

  /** Distinguishes numbers from number words that have an opposite, such as "first". */
  private static boolean isPlainNumber(Token token) {
    return token.isNumber() && !token.word().isInGroup();
  }

  private static List<Quantity> missingNumbers(List<Quantity> numbers, List<Quantity> others) {
    List<Quantity> missing = new ArrayList<>();
    for (Quantity number : numbers) {
      if (others.stream().noneMatch(number::matches)) {
        missing.add(number);
      }
    }
    return missing;
  }

  /** Removes words that one text writes as one word and the other as several: "UA 482". */
  private void removeSplitWords(List<Token> inFirst, List<Token> inSecond) {
    List<Rewritten> ofFirst = rewritten(inFirst, second, Spelling::findParts);
    List<Rewritten> ofSecond = rewritten(inSecond, first, Spelling::findParts);
    remove(ofFirst, inFirst, inSecond);
    remove(ofSecond, inSecond, inFirst);
    removeNumbers(ofFirst, numbersOnlyInSecond);
    removeNumbers(ofSecond, numbersOnlyInFirst);
  }

  /** Removes acronyms and their expansions. */
  private void removeAcronyms(List<Token> inFirst, List<Token> inSecond) {
    List<Rewritten> ofFirst = rewritten(inFirst, second, Spelling::findExpansion);
    List<Rewritten> ofSecond = rewritten(inSecond, first, Spelling::findExpansion);
    remove(ofFirst, inFirst, inSecond);
    remove(ofSecond, inSecond, inFirst);
  }

  /** A word of one text, and the tokens that the other text writes for it; at least one. */
  private record Rewritten(Token word, List<Token> parts) {}

  /**
   * Finds what another text writes for words. Both texts are searched before tokens are removed, so
   * that the result does not depend on the order of the texts.
   */
  private static List<Rewritten> rewritten(
      List<Token> words, TextAnalysis other, BiFunction<Token, List<Token>, List<Token>> find) {
    List<Rewritten> found = new ArrayList<>();
    for (Token word : words) {
      List<Token> parts = find.apply(word, other.tokens());
      if (!parts.isEmpty()) {
        found.add(new Rewritten(word, parts));
      }
    }
    return found;
  }

  private static void remove(List<Rewritten> found, List<Token> words, List<Token> otherWords) {
    for (Rewritten one : found) {
      words.remove(one.word());
      otherWords.removeAll(one.parts());
    }
  }

  private static void removeNumbers(List<Rewritten> found, List<Quantity> otherNumbers) {
    for (Rewritten one : found) {
      one.parts().forEach(part -> otherNumbers.remove(part.quantity()));
    }
  }

  private static void removeMisspellings(List<Token> words, List<Token> otherWords) {
    Set<Token> paired = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Token token : words) {
      for (Token other : otherWords) {
        if (Spelling.isSameWord(token, other)) {
          paired.add(token);
          paired.add(other);
        }
      }
    }
    if (!paired.isEmpty()) {
      words.removeIf(paired::contains);
      otherWords.removeIf(paired::contains);
    }
  }

  /**
   * Returns the analysis of the first text.
   *
   * @return the first text
   */
  public TextAnalysis first() {
    return first;
  }

  /**
   * Returns the analysis of the second text.
   *
   * @return the second text
   */
  public TextAnalysis second() {
    return second;
  }

  /**
   * Returns the tokens that only the first text has. Function words are included, numbers are not.
   *
   * @return the tokens in the order of the text
   */
  public List<Token> onlyInFirst() {
    return onlyInFirst;
  }

  /**
   * Returns the tokens that only the second text has. Function words are included, numbers are not.
   *
   * @return the tokens in the order of the text
   */
  public List<Token> onlyInSecond() {
    return onlyInSecond;
  }

  /**
   * Returns what only the first text has, numbers included, as it is written there.
   *
   * @return the folded texts of the tokens, in the order of the text; the first word of a number
   */
  public List<String> textsOnlyInFirst() {
    return textsOnlyIn(first, onlyInFirst, numbersOnlyInFirst);
  }

  /**
   * Returns what only the second text has, numbers included, as it is written there.
   *
   * @return the folded texts of the tokens, in the order of the text; the first word of a number
   */
  public List<String> textsOnlyInSecond() {
    return textsOnlyIn(second, onlyInSecond, numbersOnlyInSecond);
  }

  private static List<String> textsOnlyIn(
      TextAnalysis text, List<Token> tokens, List<Quantity> numbers) {
    return text.tokens().stream()
        .filter(
            token ->
                tokens.contains(token) || (token.isNumber() && numbers.contains(token.quantity())))
        .map(Token::form)
        .toList();
  }

  /**
   * Returns the content token that only the first text has.
   *
   * @return the token, or null if there is none or more than one
   */
  public @Nullable Token singleContentTokenOfFirst() {
    return singleContentToken(onlyInFirst);
  }

  /**
   * Returns the content token that only the second text has.
   *
   * @return the token, or null if there is none or more than one
   */
  public @Nullable Token singleContentTokenOfSecond() {
    return singleContentToken(onlyInSecond);
  }

  private static @Nullable Token singleContentToken(List<Token> tokens) {
    Token single = null;
    for (Token token : tokens) {
      if (token.isContent()) {
        if (single != null) {
          return null;
        }
        single = token;
      }
    }
    return single;
  }

  /**
   * Returns whether content of one text replaces content of the other.
   *
   * @return whether each text has content tokens that the other text lacks
   */
  public boolean isContentReplaced() {
    return hasContent(onlyInFirst) && hasContent(onlyInSecond);
  }

  /**
   * Returns whether both texts have the same content tokens and numbers.
   *
   * @return whether the content is the same
   */
  public boolean hasSameContent() {
    return !hasContent(onlyInFirst)
        && !hasContent(onlyInSecond)
        && numbersOnlyInFirst.isEmpty()
        && numbersOnlyInSecond.isEmpty();
  }

  private static boolean hasContent(List<Token> tokens) {
    for (Token token : tokens) {
      if (token.isContent()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether a number of one text replaces a number of the other.
   *
   * @return whether each text has a definite number that the other text lacks
   */
  public boolean isNumberReplaced() {
    return hasDefinite(numbersOnlyInFirst) && hasDefinite(numbersOnlyInSecond);
  }

  /**
   * Returns whether one text adds a number to the other.
   *
   * @return whether only one text has an exact number that the other text lacks
   */
  public boolean isNumberAdded() {
    return isNumberAdded(numbersOnlyInFirst, numbersOnlyInSecond)
        || isNumberAdded(numbersOnlyInSecond, numbersOnlyInFirst);
  }

  private static boolean isNumberAdded(List<Quantity> numbers, List<Quantity> others) {
    return !hasDefinite(others) && numbers.stream().anyMatch(number -> !number.vague());
  }

  private static boolean hasDefinite(List<Quantity> numbers) {
    return numbers.stream().anyMatch(Quantity::isDefinite);
  }

  /**
   * Returns whether only one of the texts is negated.
   *
   * @return whether only one text is negated
   */
  public boolean isNegationChanged() {
    return first.isNegated() != second.isNegated();
  }

  /**
   * Returns whether both texts may be in the language of the word lists.
   *
   * @return whether no other language was detected
   */
  public boolean mayBeEnglish() {
    return mayBeEnglish;
  }

  /**
   * Returns whether both texts are in the language of the word lists.
   *
   * @return whether that language was detected in both
   */
  public boolean isEnglish() {
    return first.isEnglish() && second.isEnglish();
  }

  /**
   * Returns whether a word of one text conflicts with a word of the other text, and neither text
   * has words of both groups.
   *
   * @param list the list of the conflicting words
   * @return whether there is a conflict
   */
  public boolean hasConflict(WordList list) {
    return hasConflict(list, token -> true);
  }

  /**
   * Returns whether there is a {@linkplain #hasConflict(WordList) conflict} between certain words.
   *
   * @param list the list of the conflicting words
   * @param condition a condition that both words meet
   * @return whether there is a conflict
   */
  public boolean hasConflict(WordList list, Predicate<Token> condition) {
    for (Token token : onlyInFirst) {
      if (token.word().isInGroup() && condition.test(token)) {
        for (Token other : onlyInSecond) {
          if (condition.test(other)
              && token.word().conflictsWith(other.word(), list)
              && !hasEquivalent(token, list, second)
              && !hasEquivalent(other, list, first)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * Returns whether a text has a word of the same group. Content words are compared only with
   * content words: the "on" of "on the porch" is not equivalent to "enable".
   */
  private static boolean hasEquivalent(Token word, WordList list, TextAnalysis text) {
    for (Token token : text.tokens()) {
      if (token.isContent() == word.isContent() && token.isEquivalentTo(word, list)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether the texts are the same after the limit of the {@link TextAnalysis}, apart from
   * case, white space and punctuation.
   *
   * @return whether the texts after the limit are the same
   */
  public boolean isUnreadTextSame() {
    String rest = first.unread();
    String otherRest = second.unread();
    return rest.equals(otherRest) || significant(rest).equals(significant(otherRest));
  }

  /** Returns the letters, digits and symbols of a text, folded. */
  private static String significant(String text) {
    StringBuilder significant = new StringBuilder(text.length());
    Folding.fold(text)
        .codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || CharacterClasses.isSymbol(c))
        .forEach(significant::appendCodePoint);
    return significant.toString();
  }
}
