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
    ObjectNode tree = payload(answer).orElseGet(() -> request.api().createAnswer(answer.reply()));
    adapt(tree);
    if (isMarked(answer)) {
      tree.set(CacheControl.HIT, HitMark.of(answer));
    }
    return request.api().toStream(tree, request.includesUsage());
  }

  /** Returns the payload unmodified except for the mark if possible, with its formatting. */
  private String toJson(Answer answer) {
    Optional<ObjectNode> payload = payload(answer);
    ObjectNode tree = payload.orElseGet(() -> request.api().createAnswer(answer.reply()));
    boolean changed = adapt(tree);
    String json =
        payload.isPresent() && !changed
            ? answer.reply().payload().orElseThrow()
            : OpenAiJson.text(tree);
    return isMarked(answer) ? HitMark.addTo(json, answer) : json;
  }

  private boolean isMarked(Answer answer) {
    return answer.isHit() && request.marksHits();
  }

  /** Replaces the fields that belong to another request, and returns whether there are any. */
  private boolean adapt(ObjectNode tree) {
    if (request.hasOwnId()) {
      tree.put("id", request.api().idPrefix() + UUID.randomUUID().toString().replace("-", ""));
    }
    return request.replaceEchoedFields(tree) || request.hasOwnId();
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
