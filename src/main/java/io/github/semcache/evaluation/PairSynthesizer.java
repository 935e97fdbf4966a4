package io.github.semcache.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Derives labeled pairs from prompts by edits whose effect is known: politeness, contractions, and
 * typing errors do not change the answer; an added constraint, an exchange of two words, or another
 * noun do. Not thread-safe.
 */
final class PairSynthesizer {
  private static final List<String> CONSTRAINTS =
      List.of(
          "on sunday",
          "on a weekday",
          "this weekend",
          "in winter",
          "after midnight",
          "next month",
          "in Dallas",
          "in Norway",
          "near the station",
          "at the airport",
          "outside the city",
          "for my brother",
          "for two adults",
          "for children",
          "for beginners",
          "for a large family",
          "for my old phone",
          "without sugar",
          "without a deposit",
          "with a student discount",
          "with a fireplace",
          "with extra cheese",
          "under warranty",
          "by train",
          "by email",
          "in German",
          "in red",
          "in one sentence",
          "as a table",
          "that are open late",
          "that stop in Chicago",
          "that allow dogs",
          "from the second chapter",
          "if it rains",
          "while I am pregnant",
          "before surgery",
          "on Linux",
          "on a tablet",
          "using only stairs",
          "made of wood",
          "over the phone",
          "at half price",
          "since last year",
          "per person");

  private static final List<String> MODIFIERS =
      List.of(
          "vegan",
          "second-hand",
          "electric",
          "international",
          "wild",
          "gestational",
          "black",
          "used",
          "private",
          "northern",
          "wireless",
          "organic",
          "foreign",
          "frozen",
          "commercial",
          "digital",
          "wooden",
          "chronic",
          "monthly",
          "junior",
          "waterproof",
          "expired",
          "joint",
          "nonstop",
          "cheapest",
          "broken",
          "medieval",
          "remote",
          "spicy",
          "female");

  private static final List<String> NOUNS =
      List.of(
          "bicycle",
          "passport",
          "oven",
          "guitar",
          "password",
          "invoice",
          "garden",
          "dentist",
          "keyboard",
          "museum",
          "battery",
          "carpet",
          "ticket",
          "soup",
          "jacket",
          "printer",
          "helmet",
          "contract",
          "mirror",
          "engine",
          "novel",
          "island",
          "camera",
          "bridge",
          "salary");

  private static final List<String> PREFIXES =
      List.of(
          "please ",
          "hi, ",
          "hello, ",
          "hey, ",
          "can you tell me ",
          "could you tell me ",
          "i want to know ",
          "i would like to know ",
          "tell me ",
          "do you know ");

  private static final List<String> SUFFIXES =
      List.of(" please", ", thanks", " thank you", ", please", "?", ".", " pls");

  private static final String[][] CONTRACTIONS = {
    {"what is", "what's"}, {"i am", "i'm"}, {"do not", "don't"}, {"how is", "how's"},
    {"cannot", "can't"}, {"i have", "i've"}, {"i would", "i'd"}, {"it is", "it's"},
    {"where is", "where's"}, {"who is", "who's"}, {"does not", "doesn't"}, {"is not", "isn't"}
  };

  private static final int MIN_TYPO_LENGTH = 6;

  private final SplittableRandom random;

  PairSynthesizer(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * Returns pairs of a prompt and its edited text; prompts without a suitable place are skipped.
   */
  List<LabeledPair> pairs(List<String> prompts) {
    List<LabeledPair> pairs = new ArrayList<>();
    for (String prompt : prompts) {
      boolean same = random.nextInt(3) == 0;
      Optional<String> edited = same ? reword(prompt) : change(prompt);
      edited
          .filter(text -> !text.equals(prompt) && !text.isBlank())
          .ifPresent(text -> pairs.add(new LabeledPair(prompt, text, same, 0)));
    }
    return pairs;
  }

  private Optional<String> reword(String prompt) {
    return switch (random.nextInt(4)) {
      case 0 -> Optional.of(pick(PREFIXES) + decapitalize(prompt));
      case 1 -> Optional.of(stripEnd(prompt) + pick(SUFFIXES));
      case 2 -> contract(prompt);
      default -> misspell(prompt);
    };
  }

  private Optional<String> change(String prompt) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> Optional.of(stripEnd(prompt) + " " + pick(CONSTRAINTS) + end(prompt));
      case 2 -> insertBeforeLastWord(prompt, pick(MODIFIERS));
      case 3 -> replaceLastWord(prompt, pick(NOUNS));
      default -> exchange(prompt);
    };
  }

  private String pick(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static String decapitalize(String text) {
    return text.isEmpty() || text.startsWith("I ") || text.startsWith("I'")
        ? text
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }

  private static String stripEnd(String text) {
    int end = text.length();
    while (end > 0 && ".?! ".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(0, end);
  }

  private static String end(String text) {
    return text.substring(stripEnd(text).length());
  }

  private static Optional<String> contract(String prompt) {
    String lower = prompt.toLowerCase(Locale.ROOT);
    for (String[] pair : CONTRACTIONS) {
      for (int side = 0; side < 2; side++) {
        int at = lower.indexOf(pair[side]);
        if (at == 0 || (at > 0 && lower.charAt(at - 1) == ' ')) {
          return Optional.of(
              prompt.substring(0, at)
                  + pair[1 - side]
                  + prompt.substring(at + pair[side].length()));
        }
      }
    }
    return Optional.empty();
  }

  /** Exchanges two letters within a long word. */
  private Optional<String> misspell(String prompt) {
    String[] words = prompt.split(" ", -1);
    int start = random.nextInt(words.length);
    for (int i = 0; i < words.length; i++) {
      int index = (start + i) % words.length;
      String word = words[index];
      if (word.length() >= MIN_TYPO_LENGTH && word.chars().allMatch(Character::isLowerCase)) {
        int at = 1 + random.nextInt(word.length() - 3);
        words[index] =
            word.substring(0, at) + word.charAt(at + 1) + word.charAt(at) + word.substring(at + 2);
        return Optional.of(String.join(" ", words));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> insertBeforeLastWord(String prompt, String modifier) {
    String text = stripEnd(prompt);
    int space = text.lastIndexOf(' ');
    return space < 0 || text.length() - space < 5
        ? Optional.empty()
        : Optional.of(
            text.substring(0, space) + " " + modifier + text.substring(space) + end(prompt));
  }

  private static Optional<String> replaceLastWord(String prompt, String noun) {
    String text = stripEnd(prompt);
    int space = text.lastIndexOf(' ');
    return space < 0 || text.length() - space < 5
        ? Optional.empty()
        : Optional.of(text.substring(0, space + 1) + noun + end(prompt));
  }

  /** Exchanges two long words that do not stand next to each other. */
  private Optional<String> exchange(String prompt) {
    String[] words = stripEnd(prompt).split(" ", -1);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      if (words[i].length() > 3 && words[i].chars().allMatch(Character::isLetter)) {
        places.add(i);
      }
    }
    if (places.size() < 2) {
      return Optional.empty();
    }
    int i = places.get(random.nextInt(places.size() - 1));
    int j = places.get(places.size() - 1);
    String word = words[i];
    words[i] = words[j];
    words[j] = word;
    return Optional.of(String.join(" ", words) + end(prompt));
  }
}
