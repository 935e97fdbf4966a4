package io.github.semcache.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.MessageAggregator;
import reactor.core.publisher.Flux;

/**
 * Records the responses of one stream and aggregates them. Not thread-safe: a stream delivers its
 * elements one after the other.
 */
final class StreamRecorder {
  private final List<ChatResponse> responses = new ArrayList<>();

  void add(ChatClientResponse response) {
    @Nullable ChatResponse received = response.chatResponse();
    if (received != null) {
      responses.add(received);
    }
  }

  /**
   * Returns the aggregated response. In addition to what Spring AI aggregates, it has the metadata
   * of all responses, and the last usage with the details of the service.
   *
   * @return the response; null if the stream was empty, or if one of its responses has several
   *     generations, of which Spring AI aggregates only the first
   */
  @Nullable ChatResponse response() {
    if (responses.isEmpty()
        || responses.stream().anyMatch(response -> response.getResults().size() > 1)) {
      return null;
    }
    AtomicReference<@Nullable ChatResponse> aggregated = new AtomicReference<>();
    new MessageAggregator().aggregate(Flux.fromIterable(responses), aggregated::set).subscribe();
    @Nullable ChatResponse response = aggregated.get();
    if (response == null) {
      return null;
    }
    return new ChatResponse(response.getResults(), metadata(response.getMetadata()));
  }

  private ChatResponseMetadata metadata(ChatResponseMetadata aggregated) {
    ChatResponseMetadata.Builder metadata =
        ChatResponseMetadata.builder()
            .id(aggregated.getId())
            .model(aggregated.getModel())
            .usage(aggregated.getUsage());
    for (ChatResponse response : responses) {
      ChatResponseMetadata part = response.getMetadata();
      part.entrySet().forEach(entry -> metadata.keyValue(entry.getKey(), entry.getValue()));
      if (part.getUsage() != null && part.getUsage().getTotalTokens() > 0) {
        metadata.usage(part.getUsage());
      }
    }
    return metadata.build();
  }
}
