package io.github.semcache.policy;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.prompt.Prompt;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognizes prompts whose answer depends on the moment or on private state by rules on the words
 * of their sentences. Immutable and thread-safe.
 *
 * <p>Rules are found by the words of a sentence, so a prompt without any of these words costs one
 * table lookup for each word.
 */
final class VolatilePrompts implements CacheabilityPolicy, NonBlocking {
  private static final int MAX_LENGTH = 1_000;
  private static final int MAX_WORDS = 40;

  /** Characters and words of code, which the rules do not read. */
  private static final Pattern CODE =
      Pattern.compile(
          "[`{}]|\\w\\(\\)|\\w\\.\\w+\\(|;\\s*$|=>|==|</|\\b(?:SELECT|INSERT|UPDATE)\\b");

  private final PromptRules rules;

  private VolatilePrompts(PromptRules rules) {
    this.rules = rules;
  }

  static VolatilePrompts english() {
    return English.INSTANCE;
  }

  @Override
  public Optional<MissReason> bypassReason(Prompt prompt) {
    boolean hasOwnLimit = prompt.timeToLive().isPresent() || prompt.maxAge().isPresent();
    return hasOwnLimit ? Optional.empty() : bypassReason(prompt.text());
  }

  private Optional<MissReason> bypassReason(String text) {
    if (text.length() > MAX_LENGTH || !rules.mayApply(text)) {
      return Optional.empty();
    }
    List<List<String>> sentences = Sentences.of(text);
    for (List<String> words : sentences) {
      Optional<MissReason> reason = reasonOf(words);
      if (reason.isPresent()) {
        return isExempt(text, sentences) ? Optional.empty() : reason;
      }
    }
    return Optional.empty();
  }

  private Optional<MissReason> reasonOf(List<String> words) {
    if (words.size() > MAX_WORDS) {
      return Optional.empty();
    }
    Set<PromptRules.Rule> tried = new HashSet<>();
    String sentence = String.join(" ", words);
    for (String word : words) {
      for (PromptRules.Rule rule : rules.rulesFor(word)) {
        if (tried.add(rule) && rule.pattern().matcher(sentence).find()) {
          return matchesAny(rules.sentenceExemptions(), sentence)
              ? Optional.empty()
              : Optional.of(rule.reason());
        }
      }
    }
    return Optional.empty();
  }

  private boolean isExempt(String text, List<List<String>> sentences) {
    return CODE.matcher(text).find()
        || sentences.stream()
            .anyMatch(words -> matchesAny(rules.textExemptions(), String.join(" ", words)));
  }

  private static boolean matchesAny(List<Pattern> patterns, String sentence) {
    for (Pattern pattern : patterns) {
      if (pattern.matcher(sentence).find()) {
        return true;
      }
    }
    return false;
  }

  /** Creates the instance on first use. */
  private static final class English {
    static final VolatilePrompts INSTANCE = new VolatilePrompts(PromptRules.read());
  }
}
