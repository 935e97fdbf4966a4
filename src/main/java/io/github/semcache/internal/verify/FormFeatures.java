package io.github.semcache.internal.verify;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.verify.TokenAlignment.Relation;
import io.github.semcache.internal.verify.TokenAlignment.Side;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether two texts write the same things in the same way. In requests with slots, another form is
 * often another value: "movie" and "movies", "closest" and "nearest", "my list" and "the list".
 */
final class FormFeatures {
  private static final Set<String> SUBJECT_QUESTIONS = Set.of("what", "which");

  private static final Set<String> BE = Set.of("is", "are");

  /** Verbs of tasks whose result is a text: "explain", "write". They have no slots. */
  private static final Set<String> TASKS =
      Set.of(
          "explain",
          "describe",
          "define",
          "outline",
          "summarize",
          "summarise",
          "write",
          "draft",
          "compare",
          "calculate",
          "compute",
          "solve");

  private FormFeatures() {}

  /** Sets the features and returns whether each text has a word that may replace the other's. */
  static boolean put(TokenAlignment alignment, FeatureValues out) {
    Side a = alignment.first;
    Side b = alignment.second;
    Set<String> formsA = forms(a);
    Set<String> formsB = forms(b);
    Counts x = new Counts(a, formsB, alignment.diff.second());
    Counts y = new Counts(b, formsA, alignment.diff.first());
    out.set(Feature.NUMBER_FORM, Math.max(x.numbers, y.numbers));
    out.set(Feature.PLURAL, Math.max(x.plural, y.plural));
    out.set(Feature.INFLECTED, Math.max(x.inflected, y.inflected));
    out.set(Feature.RESPELLED, Math.max(x.respelled, y.respelled));
    out.setMaxMin(Feature.STRICT_MAX, Feature.STRICT_MIN, x.strict, y.strict);
    out.setMaxMin(Feature.CARRIER_MAX, Feature.CARRIER_MIN, x.carriers, y.carriers);
    out.set(Feature.LATER_SYNONYMS, Math.max(laterSynonyms(a), laterSynonyms(b)));
    out.set(Feature.PLACE, x.place + y.place);
    out.set(Feature.DEMONSTRATIVE, x.demonstrative + y.demonstrative);
    out.set(Feature.POSSESSIVE, x.possessive + y.possessive);
    out.set(Feature.REQUESTS, (isRequest(a) ? 1 : 0) + (isRequest(b) ? 1 : 0));
    out.set(Feature.HOW, (asksHow(a) ? 1 : 0) + (asksHow(b) ? 1 : 0));
    out.set(Feature.PERSONAL, Math.min(personal(a), personal(b)));
    out.set(Feature.UNKNOWN, Math.max(unknown(a), unknown(b)));
    return x.replaced > 0 && y.replaced > 0;
  }

  private static Set<String> forms(Side side) {
    Set<String> forms = new HashSet<>();
    side.tokens.forEach(token -> forms.add(token.form()));
    return forms;
  }

  /** The tokens of one text whose form the other text does not have. */
  private static final class Counts {
    private int numbers;
    private int plural;
    private int inflected;
    private int respelled;
    private int strict;

    /** The number of strict words without a counterpart. */
    private int replaced;

    private int carriers;
    private int place;
    private int demonstrative;
    private int possessive;

    Counts(Side side, Set<String> otherForms, TextAnalysis other) {
      boolean later = false;
      for (int i = 0; i < side.size(); i++) {
        Token token = side.token(i);
        boolean isSynonymousVerb = !later && isSynonym(side, i);
        if (!isSynonymousVerb && !otherForms.contains(token.form())) {
          add(side, i, otherForms, other);
        }
        later |= token.isContent();
      }
    }

    private void add(Side side, int i, Set<String> otherForms, TextAnalysis other) {
      Token token = side.token(i);
      boolean unmatched = side.isUnmatched(i);
      String form = token.form();
      if (token.isNumber()) {
        numbers += isQuantity(side, i) || isInDigits(token, other) ? 0 : 1;
      } else if (!token.isContent()) {
        place += unmatched && FunctionWords.PLACES.contains(form) ? 1 : 0;
        demonstrative += FunctionWords.DEMONSTRATIVES.contains(form) ? 1 : 0;
        possessive += FunctionWords.POSSESSIVES.contains(form) ? 1 : 0;
      } else if (FunctionWords.CARRIERS.contains(token.key())) {
        carriers++;
      } else {
        strict++;
        replaced += unmatched ? 1 : 0;
        if (!unmatched && !other.has(token.key())) {
          respelled++;
        } else if (!unmatched && isPlural(form, otherForms)) {
          plural++;
        } else if (!unmatched) {
          inflected++;
        }
      }
    }

    /**
     * Returns whether a number has a unit or belongs to a date, so that its value does not depend
     * on how it is written: "two weeks", "3 pm", "July 4th".
     */
    private static boolean isQuantity(Side side, int i) {
      Token number = side.token(i);
      boolean hasUnit =
          number.hasUnit() || number.form().indexOf(':') >= 0 || isTime(number.form());
      boolean hasPart = i + 1 < side.size() && side.token(i + 1).kind() == Kind.NUMBER_PART;
      return hasUnit || hasPart || isDate(side, i - 1) || isDate(side, i + 1);
    }

    /** Returns whether both texts have a number in digits: "order 4711", "order #4711". */
    private static boolean isInDigits(Token number, TextAnalysis other) {
      return hasDigit(number)
          && other.tokens().stream()
              .anyMatch(token -> token.key().equals(number.key()) && hasDigit(token));
    }

    private static boolean hasDigit(Token token) {
      return token.form().chars().anyMatch(Character::isDigit);
    }

    private static boolean isTime(String form) {
      return form.endsWith("am") || form.endsWith("pm");
    }

    private static boolean isDate(Side side, int i) {
      return i >= 0 && i < side.size() && side.token(i).isIn(WordList.DATES);
    }

    private static boolean isPlural(String form, Set<String> others) {
      return others.contains(form + "s")
          || others.contains(form + "es")
          || (form.endsWith("s") && others.contains(form.substring(0, form.length() - 1)))
          || (form.endsWith("es") && others.contains(form.substring(0, form.length() - 2)))
          || (form.endsWith("y") && others.contains(form.substring(0, form.length() - 1) + "ies"))
          || (form.endsWith("ies") && others.contains(form.substring(0, form.length() - 3) + "y"));
    }
  }

  private static boolean isSynonym(Side side, int i) {
    return side.relations[i] == Relation.SYNONYM || side.relations[i] == Relation.COVERED;
  }

  /**
   * Returns whether the noun after "what" or "which" is a synonym: "what films are playing", "which
   * movies are playing". In other texts, the first content word is a verb.
   */
  static boolean isSubjectRenamed(TokenAlignment alignment) {
    return isSubjectSynonym(alignment.first) || isSubjectSynonym(alignment.second);
  }

  private static boolean isSubjectSynonym(Side side) {
    for (int i = 0; i < side.size(); i++) {
      if (side.token(i).isContent()) {
        return i > 0 && SUBJECT_QUESTIONS.contains(side.token(i - 1).form()) && isSynonym(side, i);
      }
    }
    return false;
  }

  /**
   * Returns whether both texts are requests and one of them has a word that the other lacks, other
   * than verbs of requests and words of little meaning: "show me round trip flights", "are there
   * any flights".
   */
  static boolean isWordAddedToRequest(TokenAlignment alignment) {
    Side a = alignment.first;
    Side b = alignment.second;
    return ((hasUnmatchedModifier(a) && !hasUnmatchedWord(b))
            || (hasUnmatchedModifier(b) && !hasUnmatchedWord(a)))
        && isRequestOrTask(a)
        && isRequestOrTask(b);
  }

  /** Also returns true for "are there". */
  private static boolean isRequestOrTask(Side side) {
    return isTask(side) || startsAsRequest(side) || asksForExistence(side);
  }

  private static boolean asksForExistence(Side side) {
    return side.size() > 2
        && BE.contains(side.token(0).form())
        && side.token(1).form().equals("there");
  }

  private static boolean hasUnmatchedWord(Side side) {
    return unmatchedWord(side, 0) >= 0;
  }

  /**
   * Returns whether a word without a counterpart precedes a content word that has one. The verb of
   * a request is no such word: "look up travel alerts".
   */
  private static boolean hasUnmatchedModifier(Side side) {
    for (int i = unmatchedWord(side, 0); i >= 0; i = unmatchedWord(side, i + 1)) {
      if (i + 1 < side.size()
          && side.token(i + 1).isContent()
          && !side.isUnmatched(i + 1)
          && !isVerbOfRequest(side, i)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a word is the first content word, and has synonyms, as verbs have. */
  private static boolean isVerbOfRequest(Side side, int i) {
    Token token = side.token(i);
    return side.tokens.stream().filter(Token::isContent).findFirst().orElse(token).equals(token)
        && token.isIn(WordList.SYNONYMS);
  }

  /** Returns the position of the next word without a counterpart, or -1 if there is none. */
  private static int unmatchedWord(Side side, int start) {
    for (int i = start; i < side.size(); i++) {
      Token token = side.token(i);
      if (side.isUnmatched(i)
          && token.isContent()
          && !token.is(Trait.LIGHT)
          && !FunctionWords.CARRIERS.contains(token.key())) {
        return i;
      }
    }
    return -1;
  }

  private static int laterSynonyms(Side side) {
    int count = 0;
    boolean later = false;
    for (int i = 0; i < side.size(); i++) {
      count += later && isSynonym(side, i) ? 1 : 0;
      later |= side.token(i).isContent();
    }
    return count;
  }

  /**
   * Returns whether a text asks for something to be shown or done: it starts with a verb or a noun,
   * or with "what" or "which" and a noun, but not as in "what city is the capital of France", and
   * not with the verb of a task such as "explain".
   */
  private static boolean isRequest(Side side) {
    return !isTask(side) && startsAsRequest(side);
  }

  /** Returns whether the first word, other than function words and "help", is a verb of a task. */
  private static boolean isTask(Side side) {
    for (Token token : side.tokens) {
      if (TASKS.contains(token.form())) {
        return true;
      }
      if (token.isContent() && !token.form().equals("help")) {
        return false;
      }
    }
    return false;
  }

  private static boolean startsAsRequest(Side side) {
    for (int i = 0; i < side.size(); i++) {
      Token token = side.token(i);
      if (FunctionWords.CARRIERS.contains(token.key())) {
        return true;
      }
      if (token.isContent()) {
        return i == 0 || !FunctionWords.QUESTION_STARTS.contains(side.token(i - 1).form());
      }
      if (FunctionWords.QUESTION_STARTS.contains(token.form())) {
        return SUBJECT_QUESTIONS.contains(token.form())
            && i + 1 < side.size()
            && side.token(i + 1).isContent()
            && !TokenAlignment.isQuestionNoun(side.token(i + 1));
      }
    }
    return false;
  }

  /** Returns whether a text asks why, or how to do something, as opposed to how much. */
  private static boolean asksHow(Side side) {
    for (int i = 0; i < side.size(); i++) {
      String form = side.token(i).form();
      boolean how = form.equals("how") && i + 1 < side.size();
      if (form.equals("why")
          || (how && FunctionWords.EXPLANATIONS.contains(side.token(i + 1).form()))) {
        return true;
      }
    }
    return false;
  }

  /** Counts pronouns of the first person, except those of requests: "show me", "i need". */
  private static int personal(Side side) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      boolean first = FunctionWords.person(side.token(i)) == 1;
      count += first && !FunctionWords.isPronounOfRequest(side.tokens, i) ? 1 : 0;
    }
    return count;
  }

  /** Returns the number of content words that are in no list. */
  private static int unknown(Side side) {
    int count = 0;
    for (Token token : side.tokens) {
      count += token.isContent() && !token.isKnown() ? 1 : 0;
    }
    return count;
  }
}
