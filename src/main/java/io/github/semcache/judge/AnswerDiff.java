package io.github.semcache.judge;

import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.judge.AnswerText.Polarity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The facts in which two answers differ. The text analysis and the rules of the guards find changed
 * numbers, names, units, dates, opposites, and negations.
 */
final class AnswerDiff {
  /** The rules that apply to statements; others apply to questions only. */
  private static final Guards RULES =
      Guards.english().without(RejectionReason.QUESTION_WORD, RejectionReason.UNREAD_REST);

  /** A rejection for one of these reasons contradicts; the others leave the verdict open. */
  private static final Set<RejectionReason> CONTRADICTIONS =
      Set.of(
          RejectionReason.REPLACED_NUMBER,
          RejectionReason.REPLACED_NAME,
          RejectionReason.OPPOSITE,
          RejectionReason.NEGATION,
          RejectionReason.REPLACED_WORD);

  /** The minimum fraction of common words for a contradiction. */
  private static final double MIN_OVERLAP = 0.5;

  /** Verbs that an answer can add without adding a fact. */
  private static final Set<String> LIGHT =
      Set.of("find", "use", "used", "get", "please", "simply", "just", "then", "now");

  /** Words that limit a statement: answers with different ones may not be the same. */
  private static final Set<String> QUALIFIERS =
      Set.of(
          "must may might should could only always never sometimes often rarely usually all some"
              .concat(" most none every any least up more less before after until unless except")
              .concat(" about almost over under if")
              .split(" "));

  private static final Set<String> ENDINGS = Set.of("d", "ed", "s", "es", "ing");

  private final AnswerText cached;
  private final AnswerText other;
  private final TextDiff diff;
  private final List<RejectionReason> rejections;

  private final Set<String> cachedPrompt;
  private final Set<String> otherPrompt;

  private AnswerDiff(AnswerText cached, AnswerText other, Comparison prompts) {
    this.cached = cached;
    this.other = other;
    this.cachedPrompt = keys(TextAnalysis.of(Dictionary.english(), prompts.cachedPrompt()));
    this.otherPrompt = keys(TextAnalysis.of(Dictionary.english(), prompts.newPrompt()));
    this.diff = TextDiff.of(other.analysis(), cached.analysis());
    this.rejections = RULES.rejections(PromptPair.of(other.prose(), cached.prose()));
  }

  /**
   * Compares two answers.
   *
   * @param prompts the prompts of the answers
   */
  static AnswerDiff of(AnswerText cached, AnswerText other, Comparison prompts) {
    return new AnswerDiff(cached, other, prompts);
  }

  /** Returns whether one answer states something else than the other. */
  boolean isContradiction() {
    boolean isPolarityChanged =
        cached.polarity() != Polarity.NONE
            && other.polarity() != Polarity.NONE
            && cached.polarity() != other.polarity();
    return isPolarityChanged
        || (overlap() >= MIN_OVERLAP && rejections.stream().anyMatch(CONTRADICTIONS::contains));
  }

  /** Returns whether the answers have the same content words and facts in an equivalent order. */
  boolean isSameContent() {
    boolean isCodeOnly = cached.hasBlock() && (cached.prose().isEmpty() || other.prose().isEmpty());
    return cached.code().equals(other.code())
        && (isCodeOnly || (cached.polarity() == other.polarity() && isSameProse()));
  }

  private boolean isSameProse() {
    TextAnalysis first = diff.first();
    TextAnalysis second = diff.second();
    boolean isOrdered = cached.isOrdered() || other.isOrdered();
    boolean isExchanged = !isOrdered && WordOrder.areSidesExchanged(first, second);
    return diff.mayBeEnglish()
        && rejections.stream()
            .allMatch(reason -> isExchanged && reason.equals(RejectionReason.SWAPPED_ORDER))
        && first.negationCount() == second.negationCount()
        && qualifiers(first).equals(qualifiers(second))
        && diff.isUnreadTextSame()
        && hasSameWords(first, second)
        && (isExchanged || WordOrder.isEquivalent(first, second, isOrdered));
  }

  /**
   * Returns whether one answer has all the content words of the other, except for inflection, and
   * the words that it adds repeat its question or have little meaning.
   */
  private boolean hasSameWords(TextAnalysis first, TextAnalysis second) {
    List<Token> inFirst = added(first, second, Set.of());
    List<Token> inSecond = added(second, first, Set.of());
    return (inFirst.isEmpty() || inSecond.isEmpty())
        && added(first, second, otherPrompt).isEmpty()
        && added(second, first, cachedPrompt).isEmpty();
  }

  private static Set<String> qualifiers(TextAnalysis text) {
    Set<String> found = new HashSet<>();
    for (Token token : text.tokens()) {
      if (QUALIFIERS.contains(token.form())) {
        found.add(token.form());
      }
    }
    return found;
  }

  /** Returns the content words and numbers of a text that neither the other nor the prompt has. */
  private static List<Token> added(TextAnalysis text, TextAnalysis other, Set<String> prompt) {
    List<Token> added = new ArrayList<>();
    for (Token token : text.tokens()) {
      boolean isFact = token.isContent() || token.isNumber();
      if (isFact
          && !LIGHT.contains(token.key())
          && !prompt.contains(token.key())
          && !other.has(token.key())
          && !other.has(token.form())
          && other.tokens().stream().noneMatch(word -> isInflected(token, word))) {
        added.add(token);
      }
    }
    return added;
  }

  private static boolean isInflected(Token a, Token b) {
    String shorter = a.key().length() < b.key().length() ? a.key() : b.key();
    String longer = a.key().length() < b.key().length() ? b.key() : a.key();
    return shorter.length() >= 4
        && longer.startsWith(shorter)
        && ENDINGS.contains(longer.substring(shorter.length()));
  }

  /** Returns whether the answers have no content in common. */
  boolean isUnrelated() {
    return !cached.hasCode() && !other.hasCode() && diff.mayBeEnglish() && overlap() == 0;
  }

  /** Returns the fraction of the content words of the shorter answer that both have. */
  private double overlap() {
    Set<String> first = keys(diff.first());
    Set<String> second = keys(diff.second());
    int smaller = Math.min(first.size(), second.size());
    if (smaller == 0) {
      return 1;
    }
    Set<String> common = new HashSet<>(first);
    common.retainAll(second);
    return (double) common.size() / smaller;
  }

  private static Set<String> keys(TextAnalysis text) {
    Set<String> words = new HashSet<>();
    for (Token token : text.tokens()) {
      if (token.isContent()) {
        words.add(token.key());
      }
    }
    return words;
  }

  /** Returns the rejections, but no text. */
  @Override
  public String toString() {
    return "AnswerDiff" + rejections;
  }
}
