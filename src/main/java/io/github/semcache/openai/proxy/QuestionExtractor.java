package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.internal.json.CanonicalJson;
import io.github.semcache.prompt.QuestionFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Extracts the question from the last user message of a request.
 *
 * @param finder finds the question in the text of the message
 * @param onFailure notified of the exceptions of the finder
 */
record QuestionExtractor(QuestionFinder finder, Consumer<? super Throwable> onFailure) {

  /**
   * Splits a request into the question and the rest. The rest contains all other fields of the
   * request and the parts of the message that are not the question.
   *
   * @param body the request body, which is modified
   * @param messagesField the name of the field that contains the messages, or the message text
   * @param textType the {@code type} of message parts that are text
   * @return the split request; empty if there is no question
   */
  Optional<ExtractedQuestion> extract(ObjectNode body, String messagesField, String textType) {
    JsonNode messages = body.path(messagesField);
    Optional<String> question =
        messages.isTextual()
            ? removeFromField(body, messagesField)
            : lastUserMessage(messages).flatMap(message -> removeFromMessage(message, textType));
    return question.map(text -> new ExtractedQuestion(text, CanonicalJson.of(body)));
  }

  private Optional<String> removeFromField(ObjectNode body, String field) {
    List<Optional<String>> text = List.of(Optional.of(body.path(field).textValue()));
    Optional<QuestionFinder.Question> question =
        QuestionFinder.Question.in(text, finder, onFailure);
    question.ifPresent(found -> body.set(field, context(found)));
    return question.map(QuestionFinder.Question::text);
  }

  private static Optional<ObjectNode> lastUserMessage(JsonNode messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i) instanceof ObjectNode message
          && message.path("role").asText().equals("user")) {
        return Optional.of(message);
      }
    }
    return Optional.empty();
  }

  /** Converts a text to a list of one text part first, because both forms have the same meaning. */
  private Optional<String> removeFromMessage(ObjectNode message, String textType) {
    JsonNode content = message.path("content");
    if (content.isTextual()) {
      message.putArray("content").addObject().put("type", textType).set("text", content);
    }
    JsonNode parts = message.path("content");
    Optional<QuestionFinder.Question> question =
        QuestionFinder.Question.in(texts(parts, textType), finder, onFailure);
    question.ifPresent(found -> remove(found, parts));
    return question.map(QuestionFinder.Question::text);
  }

  private static List<Optional<String>> texts(JsonNode parts, String textType) {
    List<Optional<String>> texts = new ArrayList<>();
    for (JsonNode part : parts) {
      texts.add(
          part.isObject() && part.path("type").asText().equals(textType)
              ? Optional.ofNullable(part.path("text").textValue())
              : Optional.empty());
    }
    return texts;
  }

  private static void remove(QuestionFinder.Question question, JsonNode parts) {
    for (int i = question.from(); i < question.to(); i++) {
      ((ObjectNode) parts.get(i)).remove("text");
    }
    if (!question.context().isEmpty()) {
      ((ObjectNode) parts.get(question.from())).set("text", context(question));
    }
  }

  /** Returns the context as an array or null, which cannot be confused with a text. */
  private static JsonNode context(QuestionFinder.Question question) {
    ArrayNode context = OpenAiJson.newObject().arrayNode();
    question.context().forEach(context::add);
    return context.isEmpty() ? context.nullNode() : context;
  }
}
