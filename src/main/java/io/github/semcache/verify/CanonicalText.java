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

  private static final String ASSISTANT = "(?:google|siri|alexa|cortana|assistant|bixby)";

  /** Words that begin a request after a greeting and a comma, as in "hello, is the pool open". */
  private static final String REQUEST_AFTER_COMMA =
      "(?:what|what's|whats|which|who|when|where|why|how|how's|is|are|was|were|do|does|did|has|have"
          + "|can|could|would|will|should|may|i|i'm|im|i'd|i've|my|we|please|pls|tell|show|give|get"
          + "|find|list|let|help|turn|switch|set|play|stop|start|add|put|remove|delete|take|make"
          + "|open|close|lock|unlock|dim|raise|lower|increase|decrease|mute|pause|remind|wake|call"
          + "|text|send|read|book|order|cancel|change|check|create|schedule|translate|explain|write"
          + "|summarize|search|need|want|looking|skip|next|any|there)\\b";

  /**
   * Words that begin a request after a greeting without a comma. After other words, the greeting
   * may be the subject or part of a name: "alexa is down", "siri history", "good morning call".
   */
  private static final String REQUEST =
      "(?:(?:what|what's|whats|which|who|when|where|why|how's|how(?! +to\\b)|i|i'm|im|i'd|i've|we"
          + "|please|pls|tell|give|find|remind|turn|switch|put|remove|delete|create|explain"
          + "|play(?! +(?:does|doesn|is|isn|won|will|store|services|pass|button)\\b)"
          + "|raise|lower|increase|decrease|mute|pause|close|lock|unlock|dim|summarize|write|send"
          + "|(?:is|are|was|were|has|have) +(?:it|there|i|you|we|they|he|she)"
          + "|(?:do|does|did|can|could|would|will|should|may)"
          + " +(?:it|there|i|you|we|they|he|she|the|this|my)"
          + "|(?:show|get|list|let|help|set|stop|start|add|take|make|open|wake|call|text|read|book"
          + "|order|cancel|change|check|schedule|search|need|want|skip)"
          + " +(?:a|an|the|this|that|my|our|me|us|all|some|to)|looking +for)\\b)";

  /**
   * A greeting of an assistant. The name alone is one before a request, or before a comma that is
   * not that of a list such as "alexa, maria and john".
   */
  private static final Pattern ASSISTANT_GREETING =
      Pattern.compile(
          "(?:(?:hey|ok|okay|hi|hello)[, ]+"
              + ASSISTANT
              + "(?:[,.!]|(?= +"
              + REQUEST
              + "))|(?:siri|alexa|cortana|bixby)(?:[,!]"
              + "(?! +\\w+(?:, +\\w+){0,4},? +(?:and|or)\\b)|(?= +"
              + REQUEST
              + ")))\\s+(?=\\S+\\s+\\S)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern GREETING =
      Pattern.compile(
          "(?:(?:yes|ok|okay)[, ]+)?(?:(?:hi|hello|hey)[,.!]? +)?"
              + "(?:good (?:morning|afternoon|evening|day)|alright|all right|yes|well|hello|hi|hey)"
              + "(?:[,.!](?= +"
              + REQUEST_AFTER_COMMA
              + ")|(?= +(?:"
              + REQUEST
              + "|my\\b)))\\s+(?=\\S+\\s+\\S)",
          Pattern.CASE_INSENSITIVE);

  /** Words of a request that is about the assistant which it greets. */
  private static final Pattern ABOUT_ASSISTANT =
      Pattern.compile(
          "\\b(?:your (?:name|maker|creator|owner|age)|who are you|are you|you are"
              + "|(?:made|created|built|invented|owns?|designed) you"
              + "|(?:how|what|when|why|where|who) (?:is|was|does|did|do|can) it"
              + "|siri|alexa|cortana|bixby|google (?:home|assistant))\\b",
          Pattern.CASE_INSENSITIVE);

  /** Words of a request that may be about the greeting: "hello how are you in spanish". */
  private static final Pattern ABOUT_WORDS =
      Pattern.compile(
          "\\b(?:lyrics|chords|mean|means|meaning|translat\\w+|pronounc\\w+|spell\\w*|said|say|says"
              + "|saying|quotes?|phrase|reply|respond|poem|caption|meme|gif|(?:in|to|into)"
              + " (?:\\w+(?:ese|ish|ian)|french|german|dutch|greek|latin|hindi|arabic"
              + "|urdu|thai|welsh|czech|hebrew|tamil|bengali|swahili|tagalog))\\b",
          Pattern.CASE_INSENSITIVE);

  /** A hesitation. Without a mark it may be a name, as in "UM admission" and "er diagram". */
  private static final Pattern HESITATION =
      Pattern.compile(
          "(?:(?:u+m+|u+h+|h+m+|er+m?)[,.…]+|(?:u+m+|u+h+|h+m+)(?= +"
              + REQUEST
              + "))"
              + "\\s+(?=\\S+\\s+\\S)",
          Pattern.CASE_INSENSITIVE);

  private static final String WORD = "(?!(?:and|or|on|off|up|down)\\b)[\\p{L}\\p{N}'’-]+";

  /**
   * A verb, the words between it and its particle, and the particle. A particle never precedes a
   * pronoun: in "turn on it", the word "on" is a preposition.
   */
  private static final Pattern SEPARATED =
      Pattern.compile(
          "\\b(turn|switch|shut|power|flip)(?! +(?:it|them|this|that|these|those|me|you|him|her|us)"
              + " +(?:on|off|up|down|in|over|back)\\b)((?:[ ]+"
              + WORD
              + "){1,6}?)[ ]+(on|off|up|down|in|over|back)"
              + "(?=\\s*(?:$|[.,!?;])|[ ]+(?:please|pls|plz|thanks|thank"
              + "|thx|now|for me|at|in|when|after|before|until|if|tonight|tomorrow|today|then)\\b)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern WITH_NO =
      Pattern.compile("(^|\\s)with no ", Pattern.CASE_INSENSITIVE);

  private static final Map<String, String> SYMBOLS =
      Map.of("→", "->", "−", "-", "²", "^2", "³", "^3", "×", "*", "÷", "/", "≤", "<=", "≥", ">=");

  /** Words of texts in which a symbol is a character, or an operator of a language. */
  private static final Pattern ABOUT_SYMBOLS =
      Pattern.compile(
          "\\b(?:symbols?|signs?|characters?|unicode|ascii|latex|html|keyboard|keys?|type|typing"
              + "|insert|write|print|code|operators?|python|java|javascript|c|ruby|rust|haskell"
              + "|sql|bash|excel|regex|mac|word)\\b",
          Pattern.CASE_INSENSITIVE);

  private CanonicalText() {}

  /** Returns a text in its canonical form. Long texts are returned unchanged. */
  static String of(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return text;
    }
    Matcher hesitation = HESITATION.matcher(text);
    String fluent = hesitation.lookingAt() ? text.substring(hesitation.end()) : text;
    String request =
        withoutGreeting(
            withoutGreeting(fluent, ASSISTANT_GREETING, ABOUT_ASSISTANT), GREETING, ABOUT_WORDS);
    String joined = hasVerb(request) ? SEPARATED.matcher(request).replaceAll("$1 $3$2") : request;
    return withAsciiSymbols(WITH_NO.matcher(joined).replaceAll("$1without "));
  }

  /** Replaces mathematical symbols by those that are on keyboards, unless a text is about them. */
  private static String withAsciiSymbols(String text) {
    if (SYMBOLS.keySet().stream().noneMatch(text::contains) || ABOUT_SYMBOLS.matcher(text).find()) {
      return text;
    }
    String replaced = text;
    for (Map.Entry<String, String> symbol : SYMBOLS.entrySet()) {
      replaced = replaced.replace(symbol.getKey(), symbol.getValue());
    }
    return replaced;
  }

  /** Removes a greeting from the start of a text, unless the rest may be about it. */
  private static String withoutGreeting(String text, Pattern greeting, Pattern about) {
    Matcher matcher = greeting.matcher(text);
    return matcher.lookingAt() && !about.matcher(text).find(matcher.end())
        ? text.substring(matcher.end())
        : text;
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
