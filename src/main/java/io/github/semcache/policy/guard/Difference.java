package io.github.semcache.policy.guard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Which words and numbers one of two texts has and the other has not. */
final class Difference {
  /** Words beyond this many are not searched for a misspelt partner. */
  private static final int MOST_COMPARED = 48;

  private final Analysis asked;
  private final Analysis remembered;
  private final List<Token> onlyAsked;
  private final List<Token> onlyRemembered;
  private final List<Quantity> numbersOnlyAsked;
  private final List<Quantity> numbersOnlyRemembered;
  private final boolean mayBeEnglish;

  Difference(Analysis asked, Analysis remembered) {
    this.asked = asked;
    this.remembered = remembered;
    onlyAsked = missing(asked, remembered);
    onlyRemembered = missing(remembered, asked);
    numbersOnlyAsked = missing(asked.quantities(), remembered.quantities());
    numbersOnlyRemembered = missing(remembered.quantities(), asked.quantities());
    mayBeEnglish = asked.mayBeEnglish() && remembered.mayBeEnglish();
    if (!onlyAsked.isEmpty() && !onlyRemembered.isEmpty()) {
      pairJoined(onlyAsked, onlyRemembered);
      pairJoined(onlyRemembered, onlyAsked);
      pairMisspelt();
      pairInitials(onlyAsked, onlyRemembered, remembered.tokens());
      pairInitials(onlyRemembered, onlyAsked, asked.tokens());
    }
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
    return token.isNumber() && token.word().sides().isEmpty();
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

  /** Takes out words that one text writes together and the other apart. */
  private static void pairJoined(List<Token> apart, List<Token> together) {
    for (int i = 0; i + 1 < apart.size(); i++) {
      String joined = apart.get(i).form() + apart.get(i + 1).form();
      if (together.removeIf(token -> token.form().equals(joined))) {
        apart.subList(i, i + 2).clear();
        i--;
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
    if (onlyAsked.size() > MOST_COMPARED || onlyRemembered.size() > MOST_COMPARED) {
      return;
    }
    Set<Token> paired = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Token token : onlyAsked) {
      for (Token other : onlyRemembered) {
        if (Spelling.isSameWord(token, other)) {
          paired.add(token);
          paired.add(other);
        }
      }
    }
    if (!paired.isEmpty()) {
      onlyAsked.removeIf(paired::contains);
      onlyRemembered.removeIf(paired::contains);
    }
  }

  Analysis asked() {
    return asked;
  }

  Analysis remembered() {
    return remembered;
  }

  /** What only the prompt that is asked has, function words included, numbers not. */
  List<Token> onlyAsked() {
    return onlyAsked;
  }

  List<Token> onlyRemembered() {
    return onlyRemembered;
  }

  List<Quantity> numbersOnlyAsked() {
    return numbersOnlyAsked;
  }

  List<Quantity> numbersOnlyRemembered() {
    return numbersOnlyRemembered;
  }

  /** Whether each text has content words that the other has not. */
  boolean contentReplaced() {
    return hasContent(onlyAsked) && hasContent(onlyRemembered);
  }

  boolean sameContent() {
    return !hasContent(onlyAsked)
        && !hasContent(onlyRemembered)
        && numbersOnlyAsked.isEmpty()
        && numbersOnlyRemembered.isEmpty();
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
    return asked.isNegated() != remembered.isNegated();
  }

  boolean isEnglish() {
    return asked.isEnglish() && remembered.isEnglish();
  }

  /** Whether a text has another word on the side of a list where a word stands. */
  private static boolean stands(Token word, WordList list, Analysis text) {
    for (Token token : text.tokens()) {
      if (token.word().isBeside(word.word(), list)) {
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
    for (Token token : onlyAsked) {
      if (!token.word().sides().isEmpty()) {
        for (Token other : onlyRemembered) {
          if (token.word().opposes(other.word(), list)
              && !stands(token, list, remembered)
              && !stands(other, list, asked)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
