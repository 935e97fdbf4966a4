package io.github.semcache;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Maps the replies of a model to entries of a store, and back. */
final class ReplyMapper {
  private static final String MODEL = "model";
  private static final String FINISH_REASON = "finish_reason";
  private static final String INPUT_TOKENS = "input_tokens";
  private static final String OUTPUT_TOKENS = "output_tokens";
  private static final String PAYLOAD = "payload";

  private ReplyMapper() {}

  /**
   * Maps a reply to an entry.
   *
   * @param versions the versions of the query's dependencies before the reply was computed
   */
  static CacheEntry entryOf(Query query, ChatReply reply, String versions, Instant createdAt) {
    Map<String, String> attributes = new HashMap<>();
    DependencyStamp.addTo(attributes, versions);
    attributes.put(FINISH_REASON, reply.finishReason().name());
    reply.model().ifPresent(model -> attributes.put(MODEL, model));
    reply.payload().ifPresent(payload -> attributes.put(PAYLOAD, payload));
    reply
        .usage()
        .ifPresent(
            usage -> {
              attributes.put(INPUT_TOKENS, Long.toString(usage.inputTokens()));
              attributes.put(OUTPUT_TOKENS, Long.toString(usage.outputTokens()));
            });
    return new CacheEntry(
        query.key(), query.scope().hash(), query.text(), reply.text(), attributes, createdAt);
  }

  /** Maps an entry to a reply. Missing and unreadable attributes are omitted. */
  static ChatReply replyOf(CacheEntry entry) {
    Map<String, String> attributes = entry.attributes();
    return new ChatReply(
        entry.answer(),
        Optional.ofNullable(attributes.get(MODEL)),
        finishReason(attributes),
        usage(attributes),
        Optional.ofNullable(attributes.get(PAYLOAD)));
  }

  private static FinishReason finishReason(Map<String, String> attributes) {
    try {
      return FinishReason.valueOf(attributes.getOrDefault(FINISH_REASON, ""));
    } catch (IllegalArgumentException e) {
      return FinishReason.OTHER;
    }
  }

  private static Optional<TokenUsage> usage(Map<String, String> attributes) {
    if (!attributes.containsKey(INPUT_TOKENS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TokenUsage(
              Long.parseLong(attributes.getOrDefault(INPUT_TOKENS, "")),
              Long.parseLong(attributes.getOrDefault(OUTPUT_TOKENS, ""))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
