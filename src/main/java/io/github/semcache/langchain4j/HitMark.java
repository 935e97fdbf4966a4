package io.github.semcache.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import io.github.semcache.Answer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The attributes of hits: source, entry, and labels; see {@link CachedChatModel#SOURCE}. */
final class HitMark {
  private HitMark() {}

  /** Returns the message with the attributes; the message itself if it is not from the cache. */
  static AiMessage addTo(AiMessage message, Answer answer) {
    if (!answer.isHit()) {
      return message;
    }
    Map<String, Object> attributes = new HashMap<>(message.attributes());
    attributes.put(CachedChatModel.SOURCE, answer.source().name().toLowerCase(Locale.ROOT));
    answer.entryId().ifPresent(id -> attributes.put(CachedChatModel.ENTRY, id));
    if (!answer.labels().isEmpty()) {
      attributes.put(CachedChatModel.LABELS, answer.labels().values());
    }
    return message.toBuilder().attributes(attributes).build();
  }

  /** Returns the message without the attributes. */
  static AiMessage removeFrom(AiMessage message) {
    if (!message.attributes().containsKey(CachedChatModel.SOURCE)) {
      return message;
    }
    Map<String, Object> attributes = new HashMap<>(message.attributes());
    attributes.remove(CachedChatModel.SOURCE);
    attributes.remove(CachedChatModel.ENTRY);
    attributes.remove(CachedChatModel.LABELS);
    return message.toBuilder().attributes(attributes).build();
  }
}
