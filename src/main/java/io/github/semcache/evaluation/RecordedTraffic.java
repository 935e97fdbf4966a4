package io.github.semcache.evaluation;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The chat client and the clock of a replay. Both depend on the current prompt: the client answers
 * with its label, or with an empty text if it has none, and the clock shows its timestamp. Without
 * timestamps the clock starts at 1970 and advances by a millisecond per prompt.
 */
final class RecordedTraffic implements ChatClient, InstantSource {
  private LabeledPrompt current;
  private Instant now = Instant.EPOCH;

  RecordedTraffic(LabeledPrompt first) {
    current = first;
  }

  /** Makes a recorded prompt the current one and returns the prompt to send. */
  Prompt advanceTo(LabeledPrompt recorded) {
    current = recorded;
    now = recorded.timestamp().orElse(now.plusMillis(1));
    Prompt prompt = Prompt.of(recorded.text());
    return recorded.scope().map(scope -> prompt.tag("scope", scope)).orElse(prompt);
  }

  /** Returns the label of the current prompt, if it has one. */
  Optional<String> currentLabel() {
    return current.label();
  }

  @Override
  public ChatReply chat(Prompt prompt) {
    return ChatReply.of(current.label().orElse(""));
  }

  @Override
  public Map<String, String> settings() {
    return Map.of();
  }

  @Override
  public Instant instant() {
    return now;
  }
}
