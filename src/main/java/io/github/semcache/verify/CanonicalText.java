package io.github.semcache.verify;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a prompt without its greeting, and with the particle of a verb beside it, so that prompts
 * that differ only in these are equal: "good morning, turn the light off", "turn off the light".
 */
final class CanonicalText {
  private static final int MAX_CHARACTERS = 2_000;

  /** Words that may follow a greeting without a comma, as in "good morning show me". */
  private static final String START =
      "(?:what|what's|whats|which|who|when|where|why|how|how's|is|are|was|were|do|does|did|has|have"
          + "|can|could|would|will|should|may|i|i'm|im|i'd|i've|my|we|please|pls|tell|show|give|get"
          + "|find|list|let|help|turn|switch|set|play|stop|start|add|put|remove|delete|take|make"
          + "|open|close|lock|unlock|dim|raise|lower|increase|decrease|mute|pause|remind|wake|call"
          + "|text|send|read|book|order|cancel|change|check|create|schedule|translate|explain|write"
          + "|summarize|search|need|want|looking|skip|next|any|there)\\b";

  /**
   * A greeting before a request. An assistant that is not greeted must be followed by a comma or by
   * a verb: "alexa, news" has a greeting, and "alexa app" has none.
   */
  private static final Pattern GREETING =
      Pattern.compile(
          "(?:(?:(?:hey|ok|okay|hi|hello)[, ]+(?:google|siri|alexa|cortana|assistant|bixby)[,.!]?)"
              + "|(?:(?:siri|alexa|cortana|bixby)(?:[,!]|(?= +"
              + START
              + ")))"
              + "|(?:(?:(?:yes|ok|okay)[, ]+)?(?:(?:hi|hello|hey)[,.!]? +)?"
              + "(?:good (?:morning|afternoon|evening|day)|alright|all right|yes|well|hello|hi|hey)"
              + "[,.!]?(?= +"
              + START
              + ")))\\s+(?=\\S+\\s+\\S)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern HESITATION =
      Pattern.compile(
          "(?:u+m+|u+h+|h+m+|er+m?)[,.…]*\\s+(?=\\S+\\s+\\S)", Pattern.CASE_INSENSITIVE);

  private static final String WORD = "(?!(?:and|or|on|off|up|down)\\b)[\\p{L}\\p{N}'’-]+";

  /** A verb, the words between it and its particle, and the particle. */
  private static final Pattern SEPARATED =
      Pattern.compile(
          "\\b(turn|switch|shut|power|flip)((?:[ ]+"
              + WORD
              + "){1,6}?)[ ]+(on|off|up|down)(?=\\s*(?:$|[.,!?;])|[ ]+(?:please|pls|plz|thanks|thank"
              + "|thx|now|for me|at|in|when|after|before|until|if|tonight|tomorrow|today|then)\\b)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern WITH_NO =
      Pattern.compile("(^|\\s)with no ", Pattern.CASE_INSENSITIVE);

  private static final Map<String, String> SYMBOLS =
      Map.of("→", "->", "−", "-", "²", "^2", "³", "^3", "×", "*", "÷", "/", "≤", "<=", "≥", ">=");

  private CanonicalText() {}

  /** Returns a text in its canonical form. Long texts are returned unchanged. */
  static String of(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return text;
    }
    Matcher hesitation = HESITATION.matcher(text);
    String fluent = hesitation.lookingAt() ? text.substring(hesitation.end()) : text;
    Matcher greeting = GREETING.matcher(fluent);
    String request = greeting.lookingAt() ? fluent.substring(greeting.end()) : fluent;
    String joined = hasVerb(request) ? SEPARATED.matcher(request).replaceAll("$1 $3$2") : request;
    return withAsciiSymbols(WITH_NO.matcher(joined).replaceAll("$1without "));
  }

  /** Replaces mathematical symbols by those that are on keyboards. */
  private static String withAsciiSymbols(String text) {
    String replaced = text;
    for (Map.Entry<String, String> symbol : SYMBOLS.entrySet()) {
      replaced = replaced.replace(symbol.getKey(), symbol.getValue());
    }
    return replaced;
  }

  /** Returns whether a text may have a verb of {@link #SEPARATED}, to save time. */
  private static boolean hasVerb(String text) {
    String lowerCase = text.toLowerCase(Locale.ROOT);
    return lowerCase.contains("turn ")
        || lowerCase.contains("switch ")
        || lowerCase.contains("shut ")
        || lowerCase.contains("power ")
        || lowerCase.contains("flip ");
  }
}
