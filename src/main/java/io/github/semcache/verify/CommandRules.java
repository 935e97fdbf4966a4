package io.github.semcache.verify;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Differences between commands whose embeddings are close: "turn the lights up" and "turn the
 * lights on", "put milk on my list" and "take milk off my list", "open the window" and "is the
 * window open".
 */
final class CommandRules {
  private static final int MAX_WORDS = 64;

  /** The number of words after a verb in which its particle is searched. */
  private static final int MAX_PARTICLE_DISTANCE = 8;

  /** The length up to which a text without a verb may end with a particle: "kitchen lights on". */
  private static final int MAX_VERBLESS = 5;

  private static final Set<String> PARTICLES = Set.of("on", "off", "up", "down");
  private static final Set<String> TURNING =
      Set.of("turn", "turned", "switch", "switched", "flip", "power", "crank", "shut");

  /**
   * Words and phrases before the verb of a command, without apostrophes, with a space at the end.
   */
  private static final List<String> INTRODUCTIONS =
      List.of(
          "please ",
          "pls ",
          "kindly ",
          "just ",
          "now ",
          "hey ",
          "hi ",
          "hello ",
          "ok ",
          "okay ",
          "so ",
          "then ",
          "go ahead and ",
          "can you ",
          "could you ",
          "would you ",
          "will you ",
          "can u ",
          "i want you to ",
          "i need you to ",
          "i would like you to ",
          "i d like you to ",
          "i want to ",
          "i wanna ",
          "i need to ",
          "i would like to ",
          "i d like to ",
          "let s ",
          "lets ",
          "i forgot to ",
          "don t forget to ",
          "dont forget to ",
          "help me ");

  /** Phrases before a statement that is to become true. */
  private static final List<String> ENSURING =
      List.of("make sure ", "ensure ", "be sure ", "see to it ");

  /** Phrases before a statement that may be true. */
  private static final List<String> CHECKING =
      List.of("check ", "tell me if ", "tell me whether ", "see if ", "find out ", "is ", "are ");

  /** Phrases that ask how to do something, or whether it can be done, before a verb. */
  private static final List<String> ABILITY_QUESTIONS =
      List.of("how do i ", "how can i ", "how to ", "how do you ", "can i ", "could i ");

  /** What the verb of a command does. */
  private enum Effect {
    ADD("add put append insert include create set schedule book arrange save store write note jot"),
    REMOVE("remove delete erase cancel drop clear discard unschedule scratch dismiss"),
    SHOW("show display view read check"),
    SEND("send email text message mail forward reply"),
    START("start play resume continue begin launch open"),
    STOP("stop pause end quit halt finish close");

    private static final Map<String, Effect> BY_VERB = new TreeMap<>();

    static {
      for (Effect effect : values()) {
        for (String verb : effect.verbs.split(" ", -1)) {
          BY_VERB.put(verb, effect);
        }
      }
    }

    private final String verbs;

    Effect(String verbs) {
      this.verbs = verbs;
    }

    /** Returns the effect of the first word of a command, or null if it has none of these. */
    static @Nullable Effect of(String text) {
      List<String> command = split(text);
      String verb = command.get(0);
      boolean takesAway = verb.equals("take") && (has(command, "off") || has(command, "from"));
      return takesAway ? REMOVE : BY_VERB.get(verb);
    }

    private static boolean has(List<String> command, String word) {
      return command.subList(1, command.size()).contains(word);
    }

    /** Returns whether commands with the two effects never have the same answer. */
    boolean conflictsWith(Effect other) {
      return switch (this) {
        case ADD -> other == REMOVE || other == SHOW;
        case REMOVE -> other == ADD || other == SHOW || other == SEND;
        case SHOW -> other == REMOVE || other == SEND || other == ADD;
        case SEND -> other == SHOW || other == REMOVE;
        case START -> other == STOP;
        case STOP -> other == START;
      };
    }
  }

  /** Verbs that change something, and that are rarely nouns. */
  private static final Set<String> CHANGING =
      Set.of(
          "turn",
          "switch",
          "set",
          "open",
          "close",
          "lock",
          "unlock",
          "start",
          "stop",
          "dim",
          "brighten",
          "raise",
          "lower",
          "increase",
          "decrease",
          "mute",
          "unmute",
          "remind",
          "wake",
          "add",
          "put",
          "remove",
          "delete",
          "cancel",
          "send",
          "make",
          "create",
          "enable",
          "disable",
          "activate",
          "deactivate",
          "arm",
          "disarm",
          "connect",
          "disconnect",
          "move",
          "reschedule",
          "install",
          "uninstall",
          "reset",
          "restart",
          "pause",
          "resume",
          "unblock",
          "freeze",
          "schedule",
          "arrange",
          "take",
          "bring",
          "shut",
          "erase",
          "clear",
          "adjust",
          "pay");

  /** Verbs that are also nouns: "call mom" is a command, and "call history" is none. */
  private static final Set<String> CALLING =
      Set.of(
          "call", "text", "email", "message", "mail", "phone", "play", "book", "order", "charge");

  /** The first words of questions about a state. */
  private static final Set<String> STATE_QUESTIONS =
      Set.of("is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "when", "what");

  /** Words of questions that ask how to do something, or whether it can be done. */
  private static final Set<String> ABILITY =
      Set.of(
          "can",
          "could",
          "should",
          "may",
          "must",
          "would",
          "will",
          "possible",
          "way",
          "ways",
          "able",
          "need",
          "how",
          "steps",
          "process",
          "procedure",
          "allowed",
          "know",
          "mind",
          "required",
          "ok",
          "okay",
          "fine",
          "safe",
          "legal");

  private CommandRules() {}

  /** Returns the reason why two texts are commands with different effects, or null. */
  static @Nullable String difference(SurfaceTokens a, SurfaceTokens b) {
    List<String> first = words(a);
    List<String> second = words(b);
    String particle = particle(first);
    String otherParticle = particle(second);
    if (particle != null && otherParticle != null && !particle.equals(otherParticle)) {
      return "opposite";
    }
    String command = without(INTRODUCTIONS, text(first));
    String otherCommand = without(INTRODUCTIONS, text(second));
    Effect effect = Effect.of(without(ABILITY_QUESTIONS, command));
    Effect otherEffect = Effect.of(without(ABILITY_QUESTIONS, otherCommand));
    if (effect != null && otherEffect != null && effect.conflictsWith(otherEffect)) {
      return "opposite";
    }
    return isCommandAndQuestion(split(command), second)
            || isCommandAndQuestion(split(otherCommand), first)
            || (startsWith(ENSURING, command) && asksForState(otherCommand))
            || (startsWith(ENSURING, otherCommand) && asksForState(command))
        ? "question"
        : null;
  }

  private static List<String> words(SurfaceTokens text) {
    List<String> words = text.lowerCaseWords();
    return words.subList(0, Math.min(words.size(), MAX_WORDS));
  }

  /** Joins words, with a space after each of them. */
  private static String text(List<String> words) {
    return String.join(" ", words) + " ";
  }

  private static List<String> split(String text) {
    return List.of(text.strip().split(" ", -1));
  }

  private static boolean asksForState(String text) {
    return startsWith(CHECKING, text) || text.endsWith(" or not ");
  }

  private static boolean startsWith(List<String> phrases, String text) {
    return phrases.stream().anyMatch(text::startsWith);
  }

  /** Removes phrases from the start of a text. */
  private static String without(List<String> phrases, String text) {
    String rest = text;
    int length;
    do {
      length = rest.length();
      for (String phrase : phrases) {
        if (rest.startsWith(phrase)) {
          rest = rest.substring(phrase.length());
        }
      }
    } while (rest.length() < length);
    return rest;
  }

  /** Returns the particle of a verb such as "turn", or of a command without a verb, or null. */
  private static @Nullable String particle(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      if (TURNING.contains(words.get(i))) {
        return firstParticle(words.subList(i + 1, words.size()));
      }
    }
    int last = words.size() - (endsWithPlease(words) ? 2 : 1);
    return last > 0 && last < MAX_VERBLESS && PARTICLES.contains(words.get(last))
        ? words.get(last)
        : null;
  }

  private static boolean endsWithPlease(List<String> words) {
    return !words.isEmpty() && words.get(words.size() - 1).equals("please");
  }

  private static @Nullable String firstParticle(List<String> words) {
    for (String word : words.subList(0, Math.min(words.size(), MAX_PARTICLE_DISTANCE))) {
      if (PARTICLES.contains(word)) {
        return word;
      }
    }
    return null;
  }

  /** Returns whether a text is a command and another one asks whether or when it was done. */
  private static boolean isCommandAndQuestion(List<String> command, List<String> other) {
    if (other.isEmpty()
        || !STATE_QUESTIONS.contains(other.get(0))
        || other.stream().anyMatch(ABILITY::contains)) {
      return false;
    }
    String verb = command.get(0);
    return CHANGING.contains(verb) || (CALLING.contains(verb) && isObjectFirst(command, other));
  }

  /**
   * Returns whether the object of a command precedes its verb: "email david", "did david email".
   */
  private static boolean isObjectFirst(List<String> command, List<String> other) {
    if (command.size() < 2) {
      return false;
    }
    int object = other.indexOf(command.get(1));
    for (int i = object + 1; object > 0 && i < other.size(); i++) {
      if (other.get(i).startsWith(command.get(0))) {
        return true;
      }
    }
    return false;
  }
}
