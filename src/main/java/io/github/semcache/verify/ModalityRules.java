package io.github.semcache.verify;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Differences between what is possible or allowed, what is necessary, and what is, was, or will be
 * the case: "can I check in online", "do I have to check in online", "did I check in online".
 */
final class ModalityRules {
  /** The number of words after an auxiliary verb among which "have to" belongs to it. */
  private static final int MAX_DISTANCE = 6;

  /**
   * The number of words of a question before its auxiliary verb: "which documents must I bring".
   */
  private static final int MAX_QUESTION_WORDS = 4;

  private static final Set<String> QUESTION_WORDS =
      Set.of("what", "which", "who", "when", "where", "whose", "at", "on", "in", "for");

  private static final Set<String> POSSIBLE = Set.of("can", "could", "may", "might");
  private static final Set<String> NECESSARY =
      Set.of("must", "need", "needs", "require", "requires");
  private static final Set<String> DOING = Set.of("do", "does", "did");
  private static final Set<String> BEING = Set.of("is", "are", "am", "was", "were");

  private static final Set<String> PAST = Set.of("did", "was", "were");

  /** The auxiliary verbs of the present and the future, by that of the past. */
  private static final Map<String, Set<String>> NOT_PAST =
      Map.of(
          "did", Set.of("do", "does", "will"),
          "was", Set.of("is", "will"),
          "were", Set.of("are", "will"));

  private static final Set<String> ALLOWED =
      Set.of("allowed", "permitted", "possible", "ok", "okay", "fine", "able", "legal");
  private static final Set<String> REQUIRED =
      Set.of("required", "necessary", "mandatory", "compulsory", "obligatory", "obliged");

  private ModalityRules() {}

  private enum Modality {
    /** The text is no question, or asks how to do something. */
    NONE,
    FACT,
    /** Whether something is possible or allowed, as in "can I bring a dog". */
    PERMISSION,
    ADVICE,
    NECESSITY,
    WHAT_IS_POSSIBLE,
    WHAT_IS_NECESSARY
  }

  /** Returns whether two questions ask for different modalities. */
  static boolean areDifferent(SurfaceTokens a, SurfaceTokens b) {
    Modality first = modality(a.lowerCaseWords());
    Modality second = modality(b.lowerCaseWords());
    return areDifferent(first, second)
        || areDifferent(second, first)
        || isTimeDifferent(a.lowerCaseWords(), b.lowerCaseWords())
        || isTimeDifferent(b.lowerCaseWords(), a.lowerCaseWords());
  }

  /** Returns whether a question that can be answered with "yes", or that asks when, is past. */
  private static boolean isTimeDifferent(List<String> past, List<String> present) {
    Set<String> others = NOT_PAST.getOrDefault(auxiliary(past), Set.of());
    return others.contains(auxiliary(present))
        || (PAST.stream().anyMatch(beginning(past)::contains)
            && beginning(present).contains("will")
            && !beginning(past).contains("will")
            && PAST.stream().noneMatch(beginning(present)::contains));
  }

  private static List<String> beginning(List<String> words) {
    return words.subList(0, Math.min(words.size(), MAX_DISTANCE));
  }

  /** Returns the auxiliary verb of a question, or an empty string. "Is it" has many meanings. */
  private static String auxiliary(List<String> words) {
    int start = !words.isEmpty() && words.get(0).equals("when") ? 1 : 0;
    if (words.size() < start + 2) {
      return "";
    }
    String auxiliary = words.get(start);
    return BEING.contains(auxiliary) && words.get(start + 1).equals("it") ? "" : auxiliary;
  }

  private static boolean areDifferent(Modality first, Modality second) {
    return switch (first) {
      case NECESSITY -> second == Modality.PERMISSION || second == Modality.FACT;
      case WHAT_IS_NECESSARY -> second == Modality.WHAT_IS_POSSIBLE;
      case PERMISSION -> second == Modality.ADVICE;
      default -> false;
    };
  }

  private static Modality modality(List<String> words) {
    int start = 0;
    while (start < words.size()
        && start < MAX_QUESTION_WORDS
        && !isAuxiliary(words.get(start))
        && (start > 0 || QUESTION_WORDS.contains(words.get(start)))) {
      start++;
    }
    if (start == words.size() || !isAuxiliary(words.get(start))) {
      return Modality.NONE;
    }
    return modality(
        words.get(start),
        words.subList(start + 1, Math.min(words.size(), start + 1 + MAX_DISTANCE)),
        start == 0);
  }

  private static Modality modality(String auxiliary, List<String> clause, boolean isPolar) {
    if (POSSIBLE.contains(auxiliary)) {
      // "Can you" introduces a request.
      boolean isRequest = !clause.isEmpty() && clause.get(0).equals("you");
      return isRequest ? Modality.NONE : isPolar ? Modality.PERMISSION : Modality.WHAT_IS_POSSIBLE;
    }
    if (DOING.contains(auxiliary) && clause.indexOf("know") == 1) {
      return Modality.NONE;
    }
    if (auxiliary.equals("must") || requires(clause)) {
      return isPolar ? Modality.NECESSITY : Modality.WHAT_IS_NECESSARY;
    }
    if (auxiliary.equals("should")) {
      return Modality.ADVICE;
    }
    if (BEING.contains(auxiliary) && clause.stream().anyMatch(ALLOWED::contains)) {
      return Modality.PERMISSION;
    }
    return isPolar && DOING.contains(auxiliary) ? Modality.FACT : Modality.NONE;
  }

  private static boolean isAuxiliary(String word) {
    return POSSIBLE.contains(word)
        || word.equals("must")
        || DOING.contains(word)
        || BEING.contains(word)
        || word.equals("should");
  }

  /** Returns whether the words contain "have to", "need", "required", or a synonym. */
  private static boolean requires(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean hasTo = word.equals("have") && i + 1 < words.size() && words.get(i + 1).equals("to");
      if (REQUIRED.contains(word) || NECESSARY.contains(word) || hasTo) {
        return true;
      }
    }
    return false;
  }
}
