package io.github.semcache.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Particles that change the meaning of the word before them: "zoom in" and "zoom out", "scale up"
 * and "scale out", "a plug-in" and "a plug-out".
 */
final class ParticleRules {
  private static final int MAX_WORDS = 256;

  private static final Map<String, String> OPPOSITES =
      Map.of("in", "out", "out", "in", "on", "off", "off", "on", "up", "down", "down", "up");

  /** Words that are compared as another particle. */
  private static final Map<String, String> COMPOUNDS = Map.of("into", "in", "onto", "on");

  private static final Set<String> PARTICLES =
      Set.of("in", "on", "by", "over", "out", "off", "up", "down", "away", "back");

  /** Particles that are prepositions, too, and often replace each other: "in the app". */
  private static final Set<String> PREPOSITIONS = Set.of("in", "on", "by", "over");

  /** Words before particles that mean the same after them: "fill in", "fill out", "log off". */
  private static final Set<String> FILLING = Set.of("fill", "fills", "filled", "filling");

  private static final Set<String> LOGGING =
      Set.of("log", "logs", "logged", "logging", "sign", "signed", "signing");
  private static final Set<String> LEAVING = Set.of("out", "off");

  private static final Set<String> BE = Set.of("is", "are", "was", "were");

  /** Words that may stand for "off": "not on", "remove from the list", "from the radio". */
  private static final Set<String> TAKING_OFF =
      Set.of(
          "from",
          "remove",
          "delete",
          "erase",
          "clear",
          "drop",
          "stop",
          "end",
          "cancel",
          "disable",
          "deactivate",
          "discount",
          "away",
          "out",
          "shut",
          "play",
          "playing");

  private ParticleRules() {}

  /** How the particles of two texts differ. */
  enum Difference {
    NONE,
    /** Some are replaced by others, which often changes the meaning. */
    REPLACED,
    /** Some are replaced by their opposites. */
    OPPOSITE
  }

  static Difference difference(SurfaceTokens a, SurfaceTokens b) {
    Map<String, Set<String>> first = particles(a);
    Map<String, Set<String>> second = particles(b);
    Difference greatest = Difference.NONE;
    for (Map.Entry<String, Set<String>> entry : first.entrySet()) {
      Set<String> others = second.getOrDefault(entry.getKey(), Set.of());
      if (others.stream().noneMatch(entry.getValue()::contains)) {
        Difference difference = difference(entry.getKey(), entry.getValue(), others);
        greatest = difference.compareTo(greatest) > 0 ? difference : greatest;
      }
    }
    return greatest == Difference.NONE && (isTakenOff(a, b) || isStateOfOne(a, b))
        ? Difference.REPLACED
        : greatest;
  }

  private static Difference difference(String word, Set<String> particles, Set<String> others) {
    if (others.isEmpty()
        || FILLING.contains(word)
        || areAll(PREPOSITIONS, particles, others)
        || (LOGGING.contains(word) && areAll(LEAVING, particles, others))) {
      return Difference.NONE;
    }
    return particles.stream().map(OPPOSITES::get).anyMatch(others::contains)
        ? Difference.OPPOSITE
        : Difference.REPLACED;
  }

  /** Returns whether only one text says "off": "lock the door", "take the lock off the door". */
  private static boolean isTakenOff(SurfaceTokens a, SurfaceTokens b) {
    return isTakenOff(a.lowerCaseWords(), b) || isTakenOff(b.lowerCaseWords(), a);
  }

  private static boolean isTakenOff(List<String> words, SurfaceTokens other) {
    List<String> others = other.lowerCaseWords();
    int off = words.indexOf("off");
    return off > 0
        && !BE.contains(words.get(off - 1))
        && !BE.contains(words.get(0))
        && !others.contains("off")
        && others.stream().noneMatch(TAKING_OFF::contains)
        && !isNegated(other);
  }

  /** Returns whether only one question ends with a state: "is the oven on", "is the oven hot". */
  private static boolean isStateOfOne(SurfaceTokens a, SurfaceTokens b) {
    String state = state(a.lowerCaseWords());
    String other = state(b.lowerCaseWords());
    return (!state.isEmpty() && !b.lowerCaseWords().contains(state))
        || (!other.isEmpty() && !a.lowerCaseWords().contains(other));
  }

  private static String state(List<String> words) {
    String last = words.size() < 2 ? "" : words.get(words.size() - 1);
    return BE.contains(words.isEmpty() ? "" : words.get(0)) && OPPOSITES.containsKey(last)
        ? last
        : "";
  }

  private static boolean isNegated(SurfaceTokens text) {
    return text.lowerCaseWords().contains("not")
        || text.text.contains("n't")
        || text.text.contains("n’t");
  }

  private static boolean areAll(Set<String> set, Set<String> particles, Set<String> others) {
    return set.containsAll(particles) && set.containsAll(others);
  }

  /** Returns the particles after each word. */
  private static Map<String, Set<String>> particles(SurfaceTokens text) {
    List<String> words = text.lowerCaseWords();
    Map<String, Set<String>> particles = new HashMap<>();
    for (int i = 1; i < Math.min(words.size(), MAX_WORDS); i++) {
      String particle = COMPOUNDS.getOrDefault(words.get(i), words.get(i));
      if (PARTICLES.contains(particle)) {
        particles.computeIfAbsent(words.get(i - 1), word -> new HashSet<>()).add(particle);
      }
    }
    return particles;
  }
}
