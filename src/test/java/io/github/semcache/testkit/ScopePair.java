package io.github.semcache.testkit;

import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Two scopes that differ in one part.
 *
 * @param difference the part in which they differ
 */
record ScopePair(Scope one, Scope other, String difference) {
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a",
          "A",
          "a ",
          "acme",
          "acme:eu",
          "acme|eu",
          "acme,eu",
          "{acme}",
          "@scope:{*}",
          "*",
          "\"",
          "'",
          "\\",
          "-",
          "\0",
          "\ud800",
          "é",
          "e\u0301",
          "😀",
          "x".repeat(10_000));
  private static final List<String> ROLES = List.of("user", "assistant", "system");

  /** Creates a random pair. */
  static ScopePair random(Random random) {
    Scope one = scope(random);
    return switch (random.nextInt(8)) {
      case 0 -> new ScopePair(one, one.tag(newTagName(one), text(random)), "an additional tag");
      case 1 -> tagChanged(one.tag(text(random), text(random)), random);
      case 2 -> tagRenamed(one.tag(text(random), text(random)));
      case 3 -> systemChanged(one, random);
      case 4 -> messageAdded(one, random);
      case 5 -> messageChanged(one, random);
      case 6 -> new ScopePair(one, setting(one, "temperature", "0"), "an additional setting");
      default ->
          new ScopePair(
              setting(one, "model", "a"), setting(one, "model", "b"), "the value of a setting");
    };
  }

  private static Scope scope(Random random) {
    Scope scope = Scope.none();
    for (int i = random.nextInt(3); i > 0; i--) {
      scope = scope.tag(text(random), text(random));
    }
    if (random.nextBoolean()) {
      scope = scope.system(text(random));
    }
    List<Prompt.Message> history = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      history.add(message(random));
    }
    return scope.history(history);
  }

  private static ScopePair tagChanged(Scope one, Random random) {
    String name = tagName(one, random);
    String value = one.tags().getOrDefault(name, "");
    return new ScopePair(one, one.tag(name, other(value, random)), "the value of a tag");
  }

  private static ScopePair tagRenamed(Scope one) {
    Map<String, String> tags = new HashMap<>(one.tags());
    String name = tags.keySet().iterator().next();
    tags.put(newTagName(one), tags.getOrDefault(name, ""));
    tags.remove(name);
    Scope other = Scope.of(tags).history(one.history());
    return new ScopePair(one, one.system().map(other::system).orElse(other), "the name of a tag");
  }

  private static ScopePair systemChanged(Scope one, Random random) {
    return new ScopePair(
        one,
        one.system(one.system().map(text -> other(text, random)).orElse("")),
        "the system text");
  }

  private static ScopePair messageAdded(Scope one, Random random) {
    List<Prompt.Message> longer = new ArrayList<>(one.history());
    longer.add(random.nextInt(longer.size() + 1), message(random));
    return new ScopePair(one, one.history(longer), "an additional message");
  }

  private static ScopePair messageChanged(Scope scope, Random random) {
    Prompt.Message first = message(random);
    List<Prompt.Message> history = new ArrayList<>(scope.history());
    history.add(first);
    Scope one = scope.history(history);
    boolean roleChanged = random.nextBoolean();
    history.set(
        history.size() - 1,
        roleChanged
            ? new Prompt.Message(first.role() + "s", first.text())
            : new Prompt.Message(first.role(), other(first.text(), random)));
    return new ScopePair(
        one, one.history(history), roleChanged ? "the role of a message" : "the text of a message");
  }

  private static Scope setting(Scope scope, String name, String value) {
    Map<String, String> settings = new HashMap<>(scope.settings());
    settings.put(name, value);
    return scope.settings(settings);
  }

  private static String tagName(Scope scope, Random random) {
    List<String> names = List.copyOf(scope.tags().keySet());
    return names.get(random.nextInt(names.size()));
  }

  private static String newTagName(Scope scope) {
    return String.join("", scope.tags().keySet()) + "new";
  }

  private static Prompt.Message message(Random random) {
    return new Prompt.Message(ROLES.get(random.nextInt(ROLES.size())), text(random));
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static String other(String text, Random random) {
    String other = Normalizer.wellFormed().normalize(text(random));
    return other.equals(text) ? text + "!" : other;
  }
}
