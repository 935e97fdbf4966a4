package io.github.semcache.internal.verify;

import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers that describe how two prompts differ. Immutable and thread-safe. */
public final class PairFeatures {
  private final FeatureValues values = new FeatureValues();
  private final WordFeatures words;
  private final TextDiff diff;
  private final boolean isWordReplaced;
  private final boolean isSubjectRenamed;
  private final boolean isWordAddedToRequest;

  private PairFeatures(PromptPair pair, TextDiff diff, double distance) {
    this.diff = diff;
    TokenAlignment alignment = new TokenAlignment(diff);
    values.set(Feature.DISTANCE, distance);
    words = new WordFeatures(alignment, values);
    GuardFeatures.put(alignment, values);
    StructureFeatures.put(alignment, values);
    SentenceFeatures.put(alignment, values);
    isWordReplaced = FormFeatures.put(alignment, values);
    isSubjectRenamed = FormFeatures.isSubjectRenamed(alignment);
    isWordAddedToRequest = FormFeatures.isWordAddedToRequest(alignment);
    CharacterFeatures.put(pair.asked(), pair.cached(), values);
  }

  /**
   * Computes the features of a pair, which depend on the order of the prompts.
   *
   * @param pair the two prompts, in the order of {@link #ordered}
   * @param distance their cosine distance, in [0, 2]
   * @return the features
   */
  public static PairFeatures of(PromptPair pair, double distance) {
    return of(pair, TextDiff.of(Dictionary.english(), pair.asked(), pair.cached()), distance);
  }

  /**
   * Computes the features of a pair that has been compared.
   *
   * @param pair the two prompts
   * @param diff their difference, with the English dictionary
   * @param distance their cosine distance, in [0, 2]
   * @return the features
   */
  public static PairFeatures of(PromptPair pair, TextDiff diff, double distance) {
    return new PairFeatures(pair, diff, distance);
  }

  /**
   * Returns the difference of the prompts.
   *
   * @return the difference, with the English dictionary
   */
  public TextDiff diff() {
    return diff;
  }

  /**
   * Returns a pair that does not depend on the order of two prompts.
   *
   * @param first one of the prompts
   * @param second the other prompt
   * @return the prompts in alphabetical order
   */
  public static PromptPair ordered(String first, String second) {
    return first.compareTo(second) <= 0
        ? PromptPair.of(first, second)
        : PromptPair.of(second, first);
  }

  /**
   * Returns the words of a text without the pronouns of requests: "i" in "i need", "me" in "show
   * me".
   *
   * @param tokens the tokens of the text
   * @return the forms of the other tokens
   */
  public static Set<String> formsWithoutRequests(List<Token> tokens) {
    Set<String> forms = new HashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (!FunctionWords.isPronounOfRequest(tokens, i)) {
        forms.add(tokens.get(i).form());
      }
    }
    return forms;
  }

  /**
   * Returns the direction in which each feature may change the score.
   *
   * @return 1 if a larger value never lowers the score, −1 if it never raises it, 0 without
   *     constraint; one number for each value of {@link #values}
   */
  public static int[] directions() {
    return Arrays.stream(Feature.values()).mapToInt(Feature::sign).toArray();
  }

  /**
   * Returns the values of all features.
   *
   * @param weights the weights of words
   * @return a new array
   */
  public float[] values(WordWeights weights) {
    FeatureValues weighed = values.copy();
    words.weigh(weights, weighed);
    return weighed.array();
  }

  /**
   * Returns the cosine distance of the prompts.
   *
   * @return the distance
   */
  public double distance() {
    return values.get(Feature.DISTANCE);
  }

  /**
   * Returns the words of the first prompt without a counterpart. Names and symbols are replaced by
   * their class.
   *
   * @return the words
   */
  public List<String> wordsOfFirst() {
    return List.copyOf(words.first);
  }

  /**
   * Returns the words of the second prompt without a counterpart.
   *
   * @return the words
   */
  public List<String> wordsOfSecond() {
    return List.copyOf(words.second);
  }

  /**
   * Returns whether the verifier rejects the pair regardless of the model.
   *
   * @return whether a number, a date, or a name is replaced, or a word by its opposite
   */
  public boolean isDecidedByRule() {
    return replacement() != null;
  }

  /**
   * Returns whether one of the prompts has no content words.
   *
   * @return whether it has none
   */
  public boolean isWithoutContent() {
    return !values.has(Feature.CONTENT);
  }

  /**
   * Returns whether one prompt has a detail that the other lacks.
   *
   * @return whether a name, a noun without synonyms, or a word of a prepositional phrase has no
   *     counterpart
   */
  public boolean hasUnmatchedDetail() {
    return hasAny(Feature.NAME_MAX, Feature.NOUN_MAX, Feature.PHRASE_MAX);
  }

  /**
   * Returns whether a content word has no counterpart.
   *
   * @return whether there is such a word, except those with little meaning
   */
  public boolean hasUnmatchedContent() {
    return hasAny(Feature.NAME_MAX, Feature.NOUN_MAX, Feature.COMMON_MAX, Feature.LITERAL_MAX);
  }

  /**
   * Returns whether one of the prompts is a request, such as "show me flights to boston", and not a
   * question of a person about an own matter.
   *
   * @return whether one of them is a request
   */
  public boolean isRequest() {
    return values.has(Feature.REQUESTS) && !hasAny(Feature.HOW, Feature.PERSONAL);
  }

  /**
   * Returns whether the prompts are requests that write what they ask for in different forms:
   * "movie" and "movies", "two" and "2", "closest" and "nearest". If only one of them is a request
   * ("show the tram schedule", "what are the tram schedules"), only a plural counts.
   *
   * @return whether a number or a word other than a verb of requests differs in its form
   */
  public boolean isRequestInOtherForm() {
    return isRequest() && (areBothRequests() ? hasOtherForm() : values.has(Feature.PLURAL));
  }

  /**
   * Returns whether the prompts are requests each of which has a word that the other lacks or
   * writes in another form: "ferries that stop in oslo", "ferries stopping in oslo".
   *
   * @return whether both have such a word, other than "show", "find", and similar verbs
   */
  public boolean isRequestInOtherWords() {
    return isRequest() && areBothRequests() && values.has(Feature.STRICT_MIN);
  }

  private boolean areBothRequests() {
    return values.get(Feature.REQUESTS) > 1;
  }

  /**
   * Returns whether one of two requests has a word that the other lacks: "show me round trip
   * flights to boston", "are there any flights to boston".
   *
   * @return whether a word other than a verb of requests is added
   */
  public boolean isWordAddedToRequest() {
    return isWordAddedToRequest && !hasAny(Feature.HOW, Feature.PERSONAL);
  }

  private boolean hasOtherForm() {
    return isSubjectRenamed
        || isWordReplaced
        || hasAny(Feature.NUMBER_FORM, Feature.PLURAL, Feature.LATER_SYNONYMS);
  }

  /**
   * Returns whether the prompts are requests that ask for the same in the same forms, so that they
   * differ only in function words and verbs of requests, or in the order.
   *
   * @return whether no other word differs in its form
   */
  public boolean isSameRequest() {
    return isRequest() && !hasOtherForm() && !values.has(Feature.STRICT_MAX);
  }

  private boolean hasAny(Feature... features) {
    for (Feature feature : features) {
      if (values.has(feature)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns a difference that always changes the answer.
   *
   * @return its code, or null if there is none
   */
  public @Nullable String replacement() {
    if (hasAny(Feature.NUMBER_REPLACED, Feature.NUMBER_ADDED, Feature.UNITS)) {
      return "number";
    }
    if (values.has(Feature.DATES)) {
      return "date";
    }
    if (values.has(Feature.OPPOSITE) && !values.has(Feature.NEGATION)) {
      return "opposite";
    }
    if (values.has(Feature.NAME_MIN)) {
      return "name";
    }
    return values.has(Feature.ORDER_GUARD) ? "order" : null;
  }

  /**
   * Returns the strongest evidence against the pair.
   *
   * @return its code
   */
  public String reason() {
    if (hasAny(
        Feature.NUMBER_REPLACED, Feature.NUMBER_ADDED, Feature.NUMBER_ORDER, Feature.UNITS)) {
      return "number";
    }
    if (values.has(Feature.DATES)) {
      return "date";
    }
    if (values.has(Feature.OPPOSITE)) {
      return "opposite";
    }
    if (hasAny(Feature.NEGATION, Feature.NEGATION_GUARD)) {
      return "negation";
    }
    if (hasAny(Feature.NAME_MIN, Feature.NAME_GUARD)) {
      return "name";
    }
    if (hasAny(Feature.ORDER_GUARD, Feature.PERSON_ORDER)) {
      return "order";
    }
    if (hasAny(Feature.BIND_HARD, Feature.BIND_SOFT)) {
      return "binding";
    }
    if (hasUnmatchedContent()) {
      return "unmatched-word";
    }
    if (values.has(Feature.QUESTION)) {
      return "question";
    }
    return values.has(Feature.INVERSIONS) ? "order" : "wording";
  }
}
