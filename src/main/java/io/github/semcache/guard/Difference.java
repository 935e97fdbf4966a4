package io.github.semcache.guard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which words and numbers one of two texts has and the other has not. */
final class Difference {
  /** Where there are more such words they are not searched for the same ones written otherwise. */
  private static final int MOST_COMPARED = 48;

  private final Analysis asked;
  private final Analysis cached;
  private final List<Token> onlyAsked;
  private final List<Token> onlyCached;
  private final List<Quantity> numbersOnlyAsked;
  private final List<Quantity> numbersOnlyCached;
  private final boolean mayBeEnglish;

  Difference(Analysis asked, Analysis cached) {
    this.asked = asked;
    this.cached = cached;
    onlyAsked = missing(asked, cached);
    onlyCached = missing(cached, asked);
    numbersOnlyAsked = missing(asked.quantities(), cached.quantities());
    numbersOnlyCached = missing(cached.quantities(), asked.quantities());
    mayBeEnglish = asked.mayBeEnglish() && cached.mayBeEnglish();
    if (isWorthPairing(onlyAsked) && isWorthPairing(onlyCached)) {
      pairJoined(onlyAsked, onlyCached, numbersOnlyCached, cached.tokens());
      pairJoined(onlyCached, onlyAsked, numbersOnlyAsked, asked.tokens());
      pairMisspelt();
      pairInitials(onlyAsked, onlyCached, cached.tokens());
      pairInitials(onlyCached, onlyAsked, asked.tokens());
    }
  }

  private static boolean isWorthPairing(List<Token> words) {
    return !words.isEmpty() && words.size() <= MOST_COMPARED;
  }

  private static List<Token> missing(Analysis text, Analysis other) {
    List<Token> missing = new ArrayList<>();
    for (Token token : text.tokens()) {
      boolean isPart = token.kind() == Token.Kind.NUMBER_PART || isPlainNumber(token);
      if (!isPart && !other.has(token.form()) && (token.literal() || !other.has(token.key()))) {
        missing.add(token);
      }
    }
    return missing;
  }

  /** Unlike "first", which has an opposite. */
  private static boolean isPlainNumber(Token token) {
    return token.isNumber() && !token.word().isOnASide();
  }

  private static List<Quantity> missing(List<Quantity> numbers, List<Quantity> others) {
    List<Quantity> missing = new ArrayList<>();
    for (Quantity number : numbers) {
      if (others.stream().noneMatch(number::matches)) {
        missing.add(number);
      }
    }
    return missing;
  }

  /** Takes out words that one text writes together and the other apart, as in "UA 482". */
  private static void pairJoined(
      List<Token> together, List<Token> apart, List<Quantity> numbersApart, List<Token> text) {
    for (Token word : List.copyOf(together)) {
      List<Token> parts = Spelling.writtenApart(word, text);
      if (!parts.isEmpty()) {
        together.remove(word);
        apart.removeAll(parts);
        parts.forEach(part -> numbersApart.remove(part.quantity()));
      }
    }
  }

  /** Takes out words made of the initials of words of the other text, and those words. */
  private static void pairInitials(List<Token> words, List<Token> spelt, List<Token> text) {
    for (Token word : List.copyOf(words)) {
      List<Token> phrase = Spelling.speltOut(word, text);
      if (!phrase.isEmpty()) {
        words.remove(word);
        spelt.removeAll(phrase);
      }
    }
  }

  private void pairMisspelt() {
    Set<Token> paired = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Token token : onlyAsked) {
      for (Token other : onlyCached) {
        if (Spelling.isSameWord(token, other)) {
          paired.add(token);
          paired.add(other);
        }
      }
    }
    if (!paired.isEmpty()) {
      onlyAsked.removeIf(paired::contains);
      onlyCached.removeIf(paired::contains);
    }
  }

  Analysis asked() {
    return asked;
  }

  Analysis cached() {
    return cached;
  }

  /** What only the prompt that is asked has, function words included, numbers not. */
  List<Token> onlyAsked() {
    return onlyAsked;
  }

  List<Token> onlyCached() {
    return onlyCached;
  }

  List<Quantity> numbersOnlyAsked() {
    return numbersOnlyAsked;
  }

  List<Quantity> numbersOnlyCached() {
    return numbersOnlyCached;
  }

  /** The word of content that only the prompt that is asked has, if there is just one. */
  @Nullable Token onlyContentAsked() {
    return onlyContent(onlyAsked);
  }

  @Nullable Token onlyContentCached() {
    return onlyContent(onlyCached);
  }

  private static @Nullable Token onlyContent(List<Token> tokens) {
    Token only = null;
    for (Token token : tokens) {
      if (token.isContent()) {
        if (only != null) {
          return null;
        }
        only = token;
      }
    }
    return only;
  }

  /** Whether each text has content words that the other has not. */
  boolean contentReplaced() {
    return hasContent(onlyAsked) && hasContent(onlyCached);
  }

  boolean sameContent() {
    return !hasContent(onlyAsked)
        && !hasContent(onlyCached)
        && numbersOnlyAsked.isEmpty()
        && numbersOnlyCached.isEmpty();
  }

  private static boolean hasContent(List<Token> tokens) {
    for (Token token : tokens) {
      if (token.isContent()) {
        return true;
      }
    }
    return false;
  }

  /** Whether neither text is known to be in a language that the word lists do not cover. */
  boolean mayBeEnglish() {
    return mayBeEnglish;
  }

  /** Whether one text is negated and the other is not. */
  boolean negationChanged() {
    return asked.isNegated() != cached.isNegated();
  }

  boolean isEnglish() {
    return asked.isEnglish() && cached.isEnglish();
  }

  /**
   * Whether a text has another word on the side of a list where a word stands. The "on" of "on the
   * porch" is not beside "enable".
   */
  private static boolean stands(Token word, WordList list, Analysis text) {
    for (Token token : text.tokens()) {
      if (token.isContent() == word.isContent() && token.word().isBeside(word.word(), list)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a word of one text stands opposite a word of the other in a list, and neither text has
   * both sides.
   */
  boolean opposes(WordList list) {
    return opposes(list, token -> true);
  }

  /** {@link #opposes(WordList)}, by words of some kind alone. */
  boolean opposes(WordList list, Predicate<Token> kind) {
    for (Token token : onlyAsked) {
      if (token.word().isOnASide() && kind.test(token)) {
        for (Token other : onlyCached) {
          if (kind.test(other)
              && token.word().opposes(other.word(), list)
              && !stands(token, list, cached)
              && !stands(other, list, asked)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
