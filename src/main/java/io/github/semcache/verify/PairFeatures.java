package io.github.semcache.verify;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.language.WordList;
import io.github.semcache.verify.TokenAlignment.Relation;
import io.github.semcache.verify.TokenAlignment.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Features of two texts that indicate whether they ask for the same. */
public final class PairFeatures {
  /** What an unmatched word is. */
  enum WordClass {
    NAME,
    NOUN,
    COMMON,
    LIGHT,
    LITERAL,
    SYMBOL,
    FUNCTION
  }

  /** The name of each feature and the direction in which it may change the score. */
  static final String[] NAMES = {
    "distance-",
    "content?",
    "contentMax?",
    "lenRatio-",
    "shared?",
    "nameMax-",
    "nameMin-",
    "nounMax-",
    "nounMin-",
    "commonMax-",
    "commonMin-",
    "lightMax-",
    "lightMin-",
    "literalMax-",
    "symbolMax-",
    "synonyms-",
    "covered-",
    "numberReplaced-",
    "numberAdded-",
    "numberOrder-",
    "units-",
    "dates-",
    "opposite-",
    "negation-",
    "negationGuard-",
    "question-",
    "orderGuard-",
    "symbolGuard-",
    "nameGuard-",
    "substitution-",
    "adverse-",
    "phraseMax-",
    "phraseMin-",
    "bindHard-",
    "bindSoft-",
    "bindOne-",
    "inversions-",
    "freeInversions-",
    "tail-",
    "head?",
    "modifier-",
    "replaced-",
    "capitalized-",
    "person-",
    "personOrder-",
    "quantifier-",
    "modal-",
    "preposition-",
    "functionMax?",
    "passive-",
    "remainder-",
    "trigram-",
    "affix?",
    "verbReplaced-",
    "questionAdded-",
    "firstContent-",
    "narrative?",
    "questions?",
    "sentences?",
    "tokens?",
    "sharedNumbers?",
    "sharedNames?",
    "sharedPhrases?",
    "idfMax-",
    "idfMaxSum-",
    "idfMinSum-",
    "oddsMax-",
    "oddsMaxSum-",
    "oddsMinSum-",
    "coverage+",
    "oddsTotal-",
    "sharedIdf?",
    "sharedIdfMax?",
    "relDistance-"
  };

  static final int FIRST_WORD_FEATURE = 63;

  private static final int MAX_TRIGRAM_CHARACTERS = 1_024;

  final float[] values = new float[NAMES.length];

  /** Unmatched content words of both sides. */
  final List<String> firstWords = new ArrayList<>();

  final List<String> secondWords = new ArrayList<>();
  final List<String> sharedWords = new ArrayList<>();
  final List<String> phraseWords = new ArrayList<>();
  final boolean english;
  private int index;

  private PairFeatures(PromptPair pair, double distance) {
    String a = pair.asked();
    String b = pair.cached();
    TextDiff diff = pair.diff(Dictionary.english());
    english = diff.mayBeEnglish();
    TokenAlignment alignment = new TokenAlignment(diff);
    Side first = alignment.first;
    Side second = alignment.second;
    put(distance);
    int contentA = content(first);
    int contentB = content(second);
    put(Math.min(contentA, contentB));
    put(Math.max(contentA, contentB));
    int longer = Math.max(1, Math.max(first.size(), second.size()));
    put(1 - Math.min(first.size(), second.size()) / (double) longer);
    int shared = 0;
    for (int i = 0; i < first.size(); i++) {
      if (first.token(i).isContent() && first.relations[i] == Relation.SAME) {
        shared++;
        sharedWords.add(first.token(i).key());
      }
    }
    put(shared);
    Map<WordClass, Integer> classesA = classes(first, diff.first(), firstWords);
    Map<WordClass, Integer> classesB = classes(second, diff.second(), secondWords);
    for (WordClass c :
        new WordClass[] {WordClass.NAME, WordClass.NOUN, WordClass.COMMON, WordClass.LIGHT}) {
      putMaxMin(classesA.getOrDefault(c, 0), classesB.getOrDefault(c, 0));
    }
    put(
        Math.max(
            classesA.getOrDefault(WordClass.LITERAL, 0),
            classesB.getOrDefault(WordClass.LITERAL, 0)));
    put(
        Math.max(
            classesA.getOrDefault(WordClass.SYMBOL, 0),
            classesB.getOrDefault(WordClass.SYMBOL, 0)));
    put(count(first, Relation.SYNONYM));
    put(count(first, Relation.COVERED) + count(second, Relation.COVERED));
    put(diff.isNumberReplaced());
    put(diff.isNumberAdded());
    put(numbersReordered(first, second));
    put(diff.hasConflict(WordList.UNITS));
    put(diff.hasConflict(WordList.DATES));
    put(diff.hasConflict(WordList.OPPOSITES));
    put(
        diff.isNegationChanged()
            ? 1
            : Math.min(1, Math.abs(diff.first().negationCount() - diff.second().negationCount())));
    Set<RejectionReason> guards = new HashSet<>(Guards.english().rejections(pair));
    put(guards.contains(RejectionReason.NEGATION));
    put(question(diff));
    put(guards.contains(RejectionReason.SWAPPED_ORDER));
    put(guards.contains(RejectionReason.SYMBOL));
    put(guards.contains(RejectionReason.REPLACED_NAME));
    put(guards.contains(RejectionReason.REPLACED_WORD));
    put(trait(first, Trait.ADVERSE) + trait(second, Trait.ADVERSE));
    int phraseA = phraseUnmatched(first);
    int phraseB = phraseUnmatched(second);
    putMaxMin(phraseA, phraseB);
    structure(first, second);
    put(Math.max(tail(first), tail(second)));
    put(Math.max(head(first), head(second)));
    put(Math.max(modifiers(first), modifiers(second)));
    put(replacedInPlace(first, second));
    put(Math.max(capitalized(first, diff.first()), capitalized(second, diff.second())));
    persons(first, second);
    putUnmatchedFunction(first, second, FunctionWords.QUANTIFIERS);
    putUnmatchedFunction(first, second, FunctionWords.MODALS);
    putUnmatchedFunction(first, second, FunctionWords.PREPOSITIONS);
    put(
        Math.max(
            classesA.getOrDefault(WordClass.FUNCTION, 0),
            classesB.getOrDefault(WordClass.FUNCTION, 0)));
    put(passive(first) != passive(second));
    characters(a, b);
    put(firstContentReplaced(first, second));
    put((diff.first().question() == null) != (diff.second().question() == null));
    put(firstKey(first).equals(firstKey(second)) ? 0 : 1);
    put(Math.min(firstPerson(first), firstPerson(second)));
    put((diff.first().question() == null ? 0 : 1) + (diff.second().question() == null ? 0 : 1));
    put(Math.max(sentences(first), sentences(second)));
    put(longer);
    int numbers = 0;
    int names = 0;
    int phrases = 0;
    for (int i = 0; i < first.size(); i++) {
      if (first.relations[i] == Relation.SAME) {
        Token token = first.token(i);
        numbers += token.isNumber() ? 1 : 0;
        names += wordClass(token, diff.first()) == WordClass.NAME ? 1 : 0;
        phrases += token.isContent() && !first.prepositions[i].isEmpty() ? 1 : 0;
      }
    }
    put(numbers);
    put(names);
    put(phrases);
    if (index != FIRST_WORD_FEATURE) {
      throw new IllegalStateException(
          index + " features were computed, but " + FIRST_WORD_FEATURE + " have a name");
    }
  }

  /**
   * Computes the features of a pair.
   *
   * @param pair the two prompts
   * @param distance their cosine distance, in [0, 2]
   * @return the features
   */
  public static PairFeatures of(PromptPair pair, double distance) {
    return new PairFeatures(pair, distance);
  }

  private void put(double value) {
    values[index++] = (float) value;
  }

  private void put(boolean value) {
    put(value ? 1 : 0);
  }

  private void putMaxMin(int a, int b) {
    put(Math.max(a, b));
    put(Math.min(a, b));
  }

  private static int content(Side side) {
    int count = 0;
    for (Token token : side.tokens) {
      count += token.isContent() ? 1 : 0;
    }
    return count;
  }

  private static int count(Side side, Relation relation) {
    int count = 0;
    for (Relation r : side.relations) {
      count += r == relation ? 1 : 0;
    }
    return count;
  }

  private Map<WordClass, Integer> classes(Side side, TextAnalysis text, List<String> words) {
    Map<WordClass, Integer> counts = new EnumMap<>(WordClass.class);
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
        if (token.isContent() && !side.prepositions[i].isEmpty()) {
          phraseWords.add(side.prepositions[i]);
        }
      }
    }
    return counts;
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

  private static int firstPerson(Side side) {
    int count = 0;
    for (Token token : side.tokens) {
      count += FunctionWords.person(token) == 1 ? 1 : 0;
    }
    return count;
  }

  private static int sentences(Side side) {
    int count = 0;
    for (Token token : side.tokens) {
      count += token.startsSentence() ? 1 : 0;
    }
    return count;
  }

  private static int trait(Side side, Trait trait) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      count += side.isUnmatched(i) && side.token(i).is(trait) ? 1 : 0;
    }
    return count;
  }

  private static double question(TextDiff diff) {
    TextAnalysis.Question a = diff.first().question();
    TextAnalysis.Question b = diff.second().question();
    if (a == null || b == null || (a.isPlainWhat() && b.isPlainWhat())) {
      return 0;
    }
    return a.conflictsWith(b) ? 1 : 0;
  }

  private static List<Token> numbers(Side side) {
    return side.tokens.stream().filter(Token::isNumber).toList();
  }

  private static double numbersReordered(Side first, Side second) {
    List<Token> a = numbers(first);
    List<Token> b = numbers(second);
    if (a.size() != b.size() || a.size() < 2) {
      return 0;
    }
    int moved = 0;
    for (int i = 0; i < a.size(); i++) {
      moved += a.get(i).key().equals(b.get(i).key()) ? 0 : 1;
    }
    return moved > 0 ? 1 : 0;
  }

  private static int phraseUnmatched(Side side) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      count +=
          side.isUnmatched(i) && side.token(i).isContent() && !side.prepositions[i].isEmpty()
              ? 1
              : 0;
    }
    return count;
  }

  /** Prepositions of shared words, and their order. */
  private void structure(Side first, Side second) {
    Map<String, Integer> in = second.positions();
    Map<String, Integer> self = first.positions();
    int hard = 0;
    int soft = 0;
    int one = 0;
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      Integer own = self.get(first.token(i).key());
      Integer j = in.get(first.token(i).key());
      if (own == null || own != i || j == null || j < 0) {
        continue;
      }
      String p = first.prepositions[i];
      String q = second.prepositions[j];
      pairs.add(new int[] {i, j});
      if (!p.equals(q)) {
        if (p.isEmpty() || q.isEmpty()) {
          one++;
        } else if (isHard(p, q)) {
          hard++;
        } else {
          soft++;
        }
      }
    }
    int inversions = 0;
    int free = 0;
    int limit = Math.min(pairs.size(), 64);
    for (int x = 0; x < limit; x++) {
      for (int y = x + 1; y < limit; y++) {
        if (pairs.get(x)[1] > pairs.get(y)[1]) {
          inversions++;
          boolean bound =
              !first.prepositions[pairs.get(x)[0]].isEmpty()
                  || !first.prepositions[pairs.get(y)[0]].isEmpty();
          boolean bound2 =
              !second.prepositions[pairs.get(x)[1]].isEmpty()
                  || !second.prepositions[pairs.get(y)[1]].isEmpty();
          free += bound && bound2 ? 0 : 1;
        }
      }
    }
    put(hard);
    put(soft);
    put(one);
    put(inversions);
    put(free);
  }

  private static final Set<String> FROM = Set.of("from", "off", "out");
  private static final Set<String> TO = Set.of("to", "into", "onto", "toward", "towards");

  private static boolean isHard(String p, String q) {
    return (FROM.contains(p) && TO.contains(q))
        || (TO.contains(p) && FROM.contains(q))
        || p.equals("before")
        || q.equals("before")
        || p.equals("after")
        || q.equals("after")
        || p.equals("without")
        || q.equals("without");
  }

  private static int tail(Side side) {
    int count = 0;
    for (int i = side.size() - 1; i >= 0; i--) {
      if (side.token(i).isContent() || side.token(i).isNumber()) {
        if (!side.isUnmatched(i)) {
          break;
        }
        count++;
      }
    }
    return count;
  }

  private static int head(Side side) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      if (side.token(i).isContent() || side.token(i).isNumber()) {
        if (!side.isUnmatched(i)) {
          break;
        }
        count++;
      }
    }
    return count;
  }

  /** Counts unmatched words directly before or after a matched content word. */
  private static int modifiers(Side side) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      if (side.isUnmatched(i) && side.token(i).isContent() && !side.token(i).is(Trait.LIGHT)) {
        boolean before =
            i + 1 < side.size() && side.token(i + 1).isContent() && !side.isUnmatched(i + 1);
        boolean after = i > 0 && side.token(i - 1).isContent() && !side.isUnmatched(i - 1);
        count += before || after ? 1 : 0;
      }
    }
    return count;
  }

  /** Counts words that stand between the same neighbors as another word of the other text. */
  private static int replacedInPlace(Side first, Side second) {
    Set<String> places = new HashSet<>();
    for (int i = 0; i < first.size(); i++) {
      if (first.isUnmatched(i) && first.token(i).isContent()) {
        places.add(key(first, i - 1) + " " + key(first, i + 1));
        places.add(key(first, i - 1) + " *");
        places.add("* " + key(first, i + 1));
      }
    }
    int count = 0;
    for (int j = 0; j < second.size(); j++) {
      if (second.isUnmatched(j) && second.token(j).isContent()) {
        count +=
            places.contains(key(second, j - 1) + " " + key(second, j + 1))
                ? 2
                : places.contains(key(second, j - 1) + " *")
                        || places.contains("* " + key(second, j + 1))
                    ? 1
                    : 0;
      }
    }
    return count;
  }

  private static String key(Side side, int i) {
    return i < 0 || i >= side.size() ? "|" : side.token(i).key();
  }

  private static int capitalized(Side side, TextAnalysis text) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      Token token = side.token(i);
      count +=
          side.isUnmatched(i)
                  && token.isContent()
                  && token.isCapitalized()
                  && !token.startsSentence()
                  && text.capitalsMarkNames()
              ? 1
              : 0;
    }
    return count;
  }

  private void persons(Side first, Side second) {
    int a = 0;
    int b = 0;
    StringBuilder x = new StringBuilder();
    StringBuilder y = new StringBuilder();
    for (Token token : first.tokens) {
      int p = FunctionWords.person(token);
      a |= p == 0 ? 0 : 1 << p;
      x.append(p == 0 ? "" : p);
    }
    for (Token token : second.tokens) {
      int p = FunctionWords.person(token);
      b |= p == 0 ? 0 : 1 << p;
      y.append(p == 0 ? "" : p);
    }
    int onlyA = a & ~b;
    int onlyB = b & ~a;
    put(onlyA != 0 && onlyB != 0 ? 2 : ((onlyA | onlyB) & 0b111000) != 0 ? 1 : 0);
    boolean same = x.length() == y.length() && x.length() > 1 && !x.toString().contentEquals(y);
    put(same && x.length() == 2 && x.charAt(0) == y.charAt(1) && x.charAt(1) == y.charAt(0));
  }

  private void putUnmatchedFunction(Side first, Side second, Set<String> words) {
    put(functions(first, words) + functions(second, words));
  }

  private static int functions(Side side, Set<String> words) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      count +=
          side.isUnmatched(i) && !side.token(i).isContent() && words.contains(side.token(i).form())
              ? 1
              : 0;
    }
    return count;
  }

  private static boolean passive(Side side) {
    boolean be = false;
    for (Token token : side.tokens) {
      String form = token.form();
      if (form.equals("by") && be) {
        return true;
      }
      be |=
          form.equals("is")
              || form.equals("was")
              || form.equals("were")
              || form.equals("are")
              || form.equals("been")
              || form.equals("be");
    }
    return false;
  }

  private void characters(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    int prefix = 0;
    while (prefix < shorter && a.charAt(prefix) == b.charAt(prefix)) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < shorter - prefix
        && a.charAt(a.length() - 1 - suffix) == b.charAt(b.length() - 1 - suffix)) {
      suffix++;
    }
    put(Math.log1p(Math.max(a.length(), b.length()) - prefix - suffix));
    long[] x = trigrams(a);
    long[] y = trigrams(b);
    int common = commonElements(x, y);
    put(1 - (common + 1.0) / (x.length + y.length - common + 1.0));
    put((prefix + suffix) / (double) Math.max(1, shorter));
  }

  /** Returns the distinct sequences of three characters, each packed in a long, sorted. */
  private static long[] trigrams(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int count = Math.max(0, Math.min(lower.length(), MAX_TRIGRAM_CHARACTERS) - 2);
    return LongStream.range(0, count).map(i -> pack(lower, (int) i)).sorted().distinct().toArray();
  }

  private static long pack(String text, int start) {
    return (long) text.charAt(start) << 32
        | (long) text.charAt(start + 1) << 16
        | text.charAt(start + 2);
  }

  private static int commonElements(long[] a, long[] b) {
    int common = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        common++;
      }
      long smaller = Math.min(a[i], b[j]);
      i += a[i] == smaller ? 1 : 0;
      j += j < b.length && b[j] == smaller ? 1 : 0;
    }
    return common;
  }

  private static String firstKey(Side side) {
    for (Token token : side.tokens) {
      if (token.isContent()) {
        return token.key();
      }
    }
    return "";
  }

  private static double firstContentReplaced(Side first, Side second) {
    int i = firstIndex(first);
    int j = firstIndex(second);
    return i >= 0 && j >= 0 && first.isUnmatched(i) && second.isUnmatched(j) ? 1 : 0;
  }

  private static int firstIndex(Side side) {
    for (int i = 0; i < side.size(); i++) {
      if (side.token(i).isContent()) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Returns the names of the features.
   *
   * @return the names in the order of the values
   */
  public static List<String> names() {
    return Arrays.stream(NAMES).map(name -> name.substring(0, name.length() - 1)).toList();
  }

  /**
   * Returns the direction in which each feature may change the score.
   *
   * @return 1 if a larger value never lowers the score, −1 if it never raises it, 0 without
   *     constraint
   */
  public static int[] directions() {
    int[] directions = new int[NAMES.length];
    for (int i = 0; i < directions.length; i++) {
      char mark = NAMES[i].charAt(NAMES[i].length() - 1);
      directions[i] = mark == '-' ? -1 : mark == '+' ? 1 : 0;
    }
    return directions;
  }

  /**
   * Returns the values of all features.
   *
   * @param words the weights of words
   * @return a new array
   */
  public float[] values(WordWeights words) {
    addWords(words::rarity, words::odds);
    return values.clone();
  }

  /**
   * Returns the cosine distance of the prompts.
   *
   * @return the distance
   */
  public double distance() {
    return values[0];
  }

  /**
   * Returns the words of the new prompt without a counterpart. Names and symbols are replaced by
   * their class.
   *
   * @return the words
   */
  public List<String> wordsOfFirst() {
    return List.copyOf(firstWords);
  }

  /**
   * Returns the words of the cached prompt without a counterpart.
   *
   * @return the words
   */
  public List<String> wordsOfSecond() {
    return List.copyOf(secondWords);
  }

  /**
   * Returns whether the verifier rejects the pair regardless of the model.
   *
   * @return whether a number, a date, or a name is replaced, or a word by its opposite
   */
  public boolean isDecidedByRule() {
    return replacement() != null;
  }

  /** Returns the number of content words of the text that has fewer. */
  int content() {
    return (int) values[1];
  }

  /**
   * Returns whether one prompt has a detail that the other lacks.
   *
   * @return whether a name, a noun without synonyms, or a word of a prepositional phrase has no
   *     counterpart
   */
  public boolean hasUnmatchedDetail() {
    return values[5] + values[7] + values[31] > 0;
  }

  /** Returns the code of a difference that always changes the answer, or null. */
  @Nullable String replacement() {
    if (values[17] > 0 || values[18] > 0 || values[20] > 0) {
      return "number";
    }
    if (values[21] > 0) {
      return "date";
    }
    if (values[22] > 0 && values[23] == 0) {
      return "opposite";
    }
    if (values[6] > 0) {
      return "name";
    }
    return values[26] > 0 ? "order" : null;
  }

  boolean hasUnmatchedContent() {
    return values[5] + values[7] + values[9] + values[13] > 0;
  }

  /** Returns a code for the strongest evidence against the pair. */
  String reason() {
    if (values[17] + values[18] + values[19] + values[20] > 0) {
      return "number";
    }
    if (values[21] > 0) {
      return "date";
    }
    if (values[22] > 0) {
      return "opposite";
    }
    if (values[24] > 0 || values[23] > 0) {
      return "negation";
    }
    if (values[6] > 0 || values[28] > 0) {
      return "name";
    }
    if (values[26] > 0 || values[44] > 0) {
      return "order";
    }
    if (values[33] + values[34] > 0) {
      return "binding";
    }
    if (values[5] + values[7] + values[9] + values[13] > 0) {
      return "unmatched-word";
    }
    if (values[25] > 0) {
      return "question";
    }
    return values[36] > 0 ? "order" : "wording";
  }

  /** Adds the features that depend on the weights of words. */
  void addWords(ToDoubleFunction<String> idf, ToDoubleFunction<String> odds) {
    index = FIRST_WORD_FEATURE;
    double maxIdf = 0;
    double idfA = 0;
    double idfB = 0;
    double maxOdds = -5;
    double oddsA = 0;
    double oddsB = 0;
    for (String w : firstWords) {
      maxIdf = Math.max(maxIdf, idf.applyAsDouble(w));
      idfA += idf.applyAsDouble(w);
      maxOdds = Math.max(maxOdds, odds.applyAsDouble(w));
      oddsA += odds.applyAsDouble(w);
    }
    for (String w : secondWords) {
      maxIdf = Math.max(maxIdf, idf.applyAsDouble(w));
      idfB += idf.applyAsDouble(w);
      maxOdds = Math.max(maxOdds, odds.applyAsDouble(w));
      oddsB += odds.applyAsDouble(w);
    }
    double sharedIdf = 0;
    double sharedMax = 0;
    for (String w : sharedWords) {
      sharedIdf += idf.applyAsDouble(w);
      sharedMax = Math.max(sharedMax, idf.applyAsDouble(w));
    }
    put(maxIdf);
    put(Math.max(idfA, idfB));
    put(Math.min(idfA, idfB));
    put(maxOdds);
    put(Math.max(oddsA, oddsB));
    put(Math.min(oddsA, oddsB));
    double coverage = (sharedIdf + 1) / (sharedIdf + 1 + Math.max(idfA, idfB));
    put(coverage);
    put(oddsA + oddsB);
    put(sharedIdf);
    put(sharedMax);
    put(values[0] / Math.max(0.05, 1 - coverage + 0.05));
  }
}
