package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.Answer;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Converts a cached answer to the response to a request.
 *
 * @param request the request
 * @param onFailure notified of a malformed payload; the text of the answer is used instead
 */
record AnswerConverter(ModelRequest request, Consumer<Throwable> onFailure) {

  /** Returns the response, as a stream if the request is streaming. */
  BufferedResponse toResponse(Answer answer) {
    return request.isStreaming()
        ? BufferedResponse.of("text/event-stream", toStream(answer))
        : BufferedResponse.of("application/json", toJson(answer));
  }

  private String toStream(Answer answer) {
    return request.api().toStream(tree(answer), request.includesUsage());
  }

  private String toJson(Answer answer) {
    return OpenAiJson.text(tree(answer));
  }

  private ObjectNode tree(Answer answer) {
    ObjectNode tree = payload(answer).orElseGet(() -> request.api().createAnswer(answer.reply()));
    request.replaceEchoedFields(tree);
    if (request.hasOwnId()) {
      tree.put("id", request.api().idPrefix() + UUID.randomUUID().toString().replace("-", ""));
    }
    if (answer.isHit()) {
      HitMark.addTo(tree, answer);
    }
    return tree;
  }

  /** Returns the answer in the format of the service; empty if only its text is known. */
  private Optional<ObjectNode> payload(Answer answer) {
    Optional<String> payload = answer.reply().payload();
    if (payload.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(OpenAiJson.parseObject(payload.get()));
    } catch (MalformedJsonException e) {
      onFailure.accept(e);
      return Optional.empty();
    }
  }
}
