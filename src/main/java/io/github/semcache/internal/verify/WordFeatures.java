package io.github.semcache.internal.verify;

import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.verify.TokenAlignment.Relation;
import io.github.semcache.internal.verify.TokenAlignment.Side;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which words have no counterpart in the other text, by class. Not thread-safe. */
final class WordFeatures {
  /** What a token is. */
  enum WordClass {
    NAME,
    NOUN,
    COMMON,
    LIGHT,
    LITERAL,
    SYMBOL,
    FUNCTION
  }

  /** Content words without a counterpart; names and symbols are replaced by their class. */
  final List<String> first = new ArrayList<>();

  final List<String> second = new ArrayList<>();

  /** Content words that both texts have. */
  final List<String> shared = new ArrayList<>();

  WordFeatures(TokenAlignment alignment, FeatureValues out) {
    Side a = alignment.first;
    Side b = alignment.second;
    sizes(a, b, out);
    shared(a, alignment.diff.first(), out);
    classes(alignment, out);
    out.set(Feature.SYNONYMS, count(a, Relation.SYNONYM));
    out.set(Feature.COVERED, count(a, Relation.COVERED) + count(b, Relation.COVERED));
    out.set(Feature.ADVERSE, adverse(a) + adverse(b));
    out.set(
        Feature.CAPITALIZED,
        Math.max(capitalized(a, alignment.diff.first()), capitalized(b, alignment.diff.second())));
  }

  private static void sizes(Side a, Side b, FeatureValues out) {
    out.setMaxMin(Feature.CONTENT_MAX, Feature.CONTENT, content(a), content(b));
    int longer = Math.max(1, Math.max(a.size(), b.size()));
    out.set(Feature.TOKENS, longer);
    out.set(Feature.LEN_RATIO, 1 - Math.min(a.size(), b.size()) / (double) longer);
  }

  private static int content(Side side) {
    int count = 0;
    for (Token token : side.tokens) {
      count += token.isContent() ? 1 : 0;
    }
    return count;
  }

  private void shared(Side side, TextAnalysis text, FeatureValues out) {
    int numbers = 0;
    int names = 0;
    int phrases = 0;
    for (int i = 0; i < side.size(); i++) {
      Token token = side.token(i);
      if (side.relations[i] == Relation.SAME) {
        if (token.isContent()) {
          shared.add(token.key());
        }
        numbers += token.isNumber() ? 1 : 0;
        names += wordClass(token, text) == WordClass.NAME ? 1 : 0;
        phrases += token.isContent() && !side.prepositions[i].isEmpty() ? 1 : 0;
      }
    }
    out.set(Feature.SHARED, shared.size());
    out.set(Feature.SHARED_NUMBERS, numbers);
    out.set(Feature.SHARED_NAMES, names);
    out.set(Feature.SHARED_PHRASES, phrases);
  }

  private void classes(TokenAlignment alignment, FeatureValues out) {
    Counts a = new Counts(alignment.first, alignment.diff.first(), first);
    Counts b = new Counts(alignment.second, alignment.diff.second(), second);
    a.putMaxMin(b, WordClass.NAME, Feature.NAME_MAX, Feature.NAME_MIN, out);
    a.putMaxMin(b, WordClass.NOUN, Feature.NOUN_MAX, Feature.NOUN_MIN, out);
    a.putMaxMin(b, WordClass.COMMON, Feature.COMMON_MAX, Feature.COMMON_MIN, out);
    a.putMaxMin(b, WordClass.LIGHT, Feature.LIGHT_MAX, Feature.LIGHT_MIN, out);
    a.putMax(b, WordClass.LITERAL, Feature.LITERAL_MAX, out);
    a.putMax(b, WordClass.SYMBOL, Feature.SYMBOL_MAX, out);
    a.putMax(b, WordClass.FUNCTION, Feature.FUNCTION_MAX, out);
  }

  /** The number of tokens of each class without a counterpart. */
  private static final class Counts {
    private final Map<WordClass, Integer> counts = new EnumMap<>(WordClass.class);

    Counts(Side side, TextAnalysis text, List<String> words) {
      for (int i = 0; i < side.size(); i++) {
        if (side.isUnmatched(i)) {
          Token token = side.token(i);
          WordClass c = wordClass(token, text);
          counts.merge(c, 1, Integer::sum);
          if (c == WordClass.LITERAL || c == WordClass.SYMBOL) {
            words.add("*" + c);
          } else if (c == WordClass.NAME && !token.isKnown()) {
            words.add("*NAME");
          } else if (token.isContent()) {
            words.add(token.key());
          }
        }
      }
    }

    int get(WordClass c) {
      return counts.getOrDefault(c, 0);
    }

    void putMaxMin(Counts other, WordClass c, Feature max, Feature min, FeatureValues out) {
      out.setMaxMin(max, min, get(c), other.get(c));
    }

    void putMax(Counts other, WordClass c, Feature max, FeatureValues out) {
      out.set(max, Math.max(get(c), other.get(c)));
    }
  }

  static WordClass wordClass(Token token, TextAnalysis text) {
    if (token.kind() == Kind.SYMBOL) {
      return WordClass.SYMBOL;
    }
    if (token.kind() == Kind.IDENTIFIER || token.isLiteral()) {
      return WordClass.LITERAL;
    }
    if (!token.isContent()) {
      return WordClass.FUNCTION;
    }
    boolean capital = token.isCapitalized() && !token.startsSentence() && text.capitalsMarkNames();
    if (!token.isKnown() || (token.is(Trait.PROPER_NOUN) && (capital || !token.is(Trait.COMMON)))) {
      return WordClass.NAME;
    }
    if (token.is(Trait.DISTINCT_NOUN)) {
      return WordClass.NOUN;
    }
    return token.is(Trait.LIGHT) ? WordClass.LIGHT : WordClass.COMMON;
  }

  private static int count(Side side, Relation relation) {
    int count = 0;
    for (Relation r : side.relations) {
      count += r == relation ? 1 : 0;
    }
    return count;
  }

  private static int adverse(Side side) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      count += side.isUnmatched(i) && side.token(i).is(Trait.ADVERSE) ? 1 : 0;
    }
    return count;
  }

  private static int capitalized(Side side, TextAnalysis text) {
    int count = 0;
    for (int i = 0; i < side.size() && text.capitalsMarkNames(); i++) {
      Token token = side.token(i);
      boolean capital = token.isContent() && token.isCapitalized() && !token.startsSentence();
      count += side.isUnmatched(i) && capital ? 1 : 0;
    }
    return count;
  }

  /** Sets the features that depend on the weights of words. */
  void weigh(WordWeights weights, FeatureValues out) {
    Weighed a = new Weighed(first, weights);
    Weighed b = new Weighed(second, weights);
    out.set(Feature.IDF_MAX, Math.max(a.maxRarity, b.maxRarity));
    out.setMaxMin(Feature.IDF_MAX_SUM, Feature.IDF_MIN_SUM, a.rarity, b.rarity);
    out.set(Feature.ODDS_MAX, Math.max(a.maxOdds, b.maxOdds));
    out.setMaxMin(Feature.ODDS_MAX_SUM, Feature.ODDS_MIN_SUM, a.odds, b.odds);
    Weighed common = new Weighed(shared, weights);
    double unshared = Math.max(a.rarity, b.rarity);
    double coverage = (common.rarity + 1) / (common.rarity + 1 + unshared);
    out.set(Feature.COVERAGE, coverage);
    out.set(Feature.ODDS_TOTAL, a.odds + b.odds);
    out.set(Feature.SHARED_IDF, common.rarity);
    out.set(Feature.SHARED_IDF_MAX, common.maxRarity);
    out.set(Feature.REL_DISTANCE, out.get(Feature.DISTANCE) / Math.max(0.05, 1 - coverage + 0.05));
  }

  private static final class Weighed {
    private static final double MIN_ODDS = -5;

    private double rarity;
    private double maxRarity;
    private double odds;
    private double maxOdds = MIN_ODDS;

    Weighed(List<String> words, WordWeights weights) {
      for (String word : words) {
        rarity += weights.rarity(word);
        maxRarity = Math.max(maxRarity, weights.rarity(word));
        odds += weights.odds(word);
        maxOdds = Math.max(maxOdds, weights.odds(word));
      }
    }
  }
}
