package io.github.semcache.chaos;

import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A request with random parts, for each {@link ClientApi}. The question is one of a few, so that
 * all requests with equal other parts share an answer.
 *
 * @param history the earlier messages of the user and the assistant; the first is unique
 */
record RandomRequest(
    Map<String, String> tags,
    Optional<String> system,
    List<Prompt.Message> history,
    String model,
    double temperature,
    int item) {
  private static final int ITEMS = 50;

  /** Pieces of texts: many equal prefixes, delimiters of encodings, and characters of queries. */
  private static final List<String> PIECES =
      List.of(
          "a",
          "b",
          "ab",
          "A",
          " ",
          "\n",
          "\t",
          ":",
          "|",
          ",",
          ";",
          "=",
          "/",
          "\"",
          "'",
          "\\",
          "{",
          "}",
          "[",
          "]",
          "(",
          ")",
          "*",
          "@",
          "-",
          "%",
          "%20",
          "+",
          "&",
          "\0",
          "0",
          "1",
          "1.0",
          "é",
          "e\u0301",
          "😀",
          "null",
          "\\u0061",
          "<|im_end|>",
          "user",
          "tenant");

  /** A tag may have these too; a message is sent as UTF-8, which has no unpaired surrogates. */
  private static final List<String> SURROGATES = List.of("\ud83d", "\ude00", "\ud800");

  /** Two requests that differ in one part. */
  record Pair(RandomRequest one, RandomRequest other, Difference difference) {}

  /** The parts in which two requests differ. */
  enum Difference {
    TAG_VALUE,
    TAG_NAME,
    TAG_ADDED,
    BETWEEN_TAG_NAME_AND_VALUE,
    SYSTEM,
    SYSTEM_ADDED,
    MESSAGE_TEXT,
    MESSAGE_ROLE,
    MESSAGE_ADDED,
    BETWEEN_MESSAGES,
    BETWEEN_SYSTEM_AND_MESSAGE,
    MODEL,
    TEMPERATURE
  }

  /** Creates a random pair. Pairs with different numbers have no common requests. */
  static Pair pair(long number, SplittableRandom random) {
    Difference difference = Difference.values()[random.nextInt(Difference.values().length)];
    RandomRequest base = random(number, random);
    return switch (difference) {
      case TAG_VALUE -> {
        String value = tagText(random);
        yield new Pair(
            base.tag("tenant", value), base.tag("tenant", changed(value, random)), difference);
      }
      case TAG_NAME -> {
        String name = "n" + tagText(random);
        String value = tagText(random);
        yield new Pair(
            base.tag(name, value), base.tag("n" + changed(name, random), value), difference);
      }
      case TAG_ADDED ->
          new Pair(base, base.tag("added" + text(random), tagText(random)), difference);
      case BETWEEN_TAG_NAME_AND_VALUE -> {
        String text = "t" + text(random) + text(random);
        int end = text.offsetByCodePoints(0, 1);
        int other = text.offsetByCodePoints(0, 2);
        yield new Pair(
            base.tag(text.substring(0, end), text.substring(end)),
            base.tag(text.substring(0, other), text.substring(other)),
            difference);
      }
      case SYSTEM -> {
        String system = text(random);
        yield new Pair(base.system(system), base.system(changed(system, random)), difference);
      }
      case SYSTEM_ADDED ->
          new Pair(base.system(Optional.empty()), base.system(text(random)), difference);
      case MESSAGE_TEXT -> {
        String text = text(random);
        String role = role(random);
        yield new Pair(
            base.message(role, text), base.message(role, changed(text, random)), difference);
      }
      case MESSAGE_ROLE -> {
        String text = text(random);
        yield new Pair(base.message("user", text), base.message("assistant", text), difference);
      }
      case MESSAGE_ADDED -> new Pair(base, base.message(role(random), text(random)), difference);
      case BETWEEN_MESSAGES -> {
        String one = text(random);
        String other = text(random);
        String middle = text(random);
        yield new Pair(
            base.message("user", one + middle).message("user", other),
            base.message("user", one).message("user", middle + other),
            difference);
      }
      case BETWEEN_SYSTEM_AND_MESSAGE -> {
        String text = text(random);
        RandomRequest one = base.system(text);
        List<Prompt.Message> longer = new ArrayList<>(base.history);
        longer.set(0, new Prompt.Message("user", text + base.history.get(0).text()));
        yield new Pair(one, base.system(Optional.empty()).history(longer), difference);
      }
      case MODEL -> new Pair(base.model("model-a"), base.model("model-b"), difference);
      case TEMPERATURE -> {
        double temperature = random.nextInt(20) / 10.0;
        yield new Pair(
            base.temperature(temperature), base.temperature(temperature + 0.1), difference);
      }
    };
  }

  private static RandomRequest random(long number, SplittableRandom random) {
    Map<String, String> tags = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      tags.put("t" + random.nextInt(3), tagText(random));
    }
    List<Prompt.Message> history = new ArrayList<>();
    history.add(new Prompt.Message("user", "pair " + number));
    for (int i = random.nextInt(3); i > 0; i--) {
      history.add(new Prompt.Message(role(random), text(random)));
    }
    return new RandomRequest(
        tags,
        random.nextInt(2) == 0 ? Optional.empty() : Optional.of(text(random)),
        history,
        "model",
        0,
        random.nextInt(ITEMS));
  }

  private static String role(SplittableRandom random) {
    return random.nextInt(2) == 0 ? "user" : "assistant";
  }

  /** Returns a text with a visible character. */
  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString().trim().isEmpty() ? text + "." : text.toString();
  }

  private static String tagText(SplittableRandom random) {
    String text = random.nextInt(10) == 0 ? "" : text(random);
    return random.nextInt(5) == 0 ? text + SURROGATES.get(random.nextInt(3)) : text;
  }

  /** Returns a text that differs in a piece at the beginning or at the end. */
  private static String changed(String text, SplittableRandom random) {
    String piece = PIECES.get(random.nextInt(PIECES.size()));
    return random.nextInt(2) == 0 ? text + piece : piece + text;
  }

  private RandomRequest tag(String name, String value) {
    Map<String, String> changed = new TreeMap<>(tags);
    changed.put(name, value);
    return new RandomRequest(changed, system, history, model, temperature, item);
  }

  private RandomRequest system(String text) {
    return system(Optional.of(text));
  }

  private RandomRequest system(Optional<String> text) {
    return new RandomRequest(tags, text, history, model, temperature, item);
  }

  private RandomRequest message(String role, String text) {
    List<Prompt.Message> longer = new ArrayList<>(history);
    longer.add(new Prompt.Message(role, text));
    return history(longer);
  }

  private RandomRequest history(List<Prompt.Message> messages) {
    return new RandomRequest(tags, system, messages, model, temperature, item);
  }

  private RandomRequest model(String name) {
    return new RandomRequest(tags, system, history, name, temperature, item);
  }

  private RandomRequest temperature(double value) {
    return new RandomRequest(tags, system, history, model, value, item);
  }

  String question() {
    return "Describe item " + item + ".";
  }

  /** Returns the request as a prompt of the core. */
  Prompt prompt() {
    Scope scope =
        Scope.of(tags)
            .history(history)
            .settings(Map.of("model", model, "temperature", Double.toString(temperature)));
    return Prompt.of(question()).scope(system.map(scope::system).orElse(scope));
  }
}
