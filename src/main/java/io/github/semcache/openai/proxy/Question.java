package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.adapter.MessageQuestion;
import io.github.semcache.prompt.QuestionFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a request asks, and everything else that it says.
 *
 * @param text the question in the last message of the user; not blank
 * @param rest the request without that text, as canonical JSON
 */
record Question(String text, String rest) {

  /**
   * Takes a request apart. What is not in the question stays in the rest: the texts of the message
   * that do not ask, and every other field of it.
   *
   * @param body the request's body, which is changed
   * @param messages the field of the messages
   * @param textType the {@code type} of a part of a message that is text
   * @param finder finds the question in the texts that ask
   * @return empty if no message of the user asks anything
   */
  static Optional<Question> take(
      ObjectNode body, String messages, String textType, QuestionFinder finder) {
    Optional<String> text =
        body.path(messages).isTextual()
            ? takeText(body, messages, finder)
            : lastOfUser(body.path(messages))
                .flatMap(message -> takeTexts(message, textType, finder));
    return text.map(asked -> new Question(asked, Json.canonical(body)));
  }

  private static Optional<String> takeText(ObjectNode body, String field, QuestionFinder finder) {
    Optional<MessageQuestion> found =
        MessageQuestion.in(List.of(Optional.of(body.path(field).textValue())), finder);
    found.ifPresent(question -> body.set(field, beside(question)));
    return found.map(MessageQuestion::text);
  }

  /** No text has this form, so it cannot be taken for one. */
  private static JsonNode beside(MessageQuestion question) {
    ArrayNode beside = Json.newObject().arrayNode();
    question.beside().forEach(beside::add);
    return beside.isEmpty() ? beside.nullNode() : beside;
  }

  private static Optional<ObjectNode> lastOfUser(JsonNode messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i) instanceof ObjectNode message
          && message.path("role").asText().equals("user")) {
        return Optional.of(message);
      }
    }
    return Optional.empty();
  }

  /** A text alone and a list of one text part leave the same rest, because they say the same. */
  private static Optional<String> takeTexts(
      ObjectNode message, String textType, QuestionFinder finder) {
    JsonNode content = message.path("content");
    if (content.isTextual()) {
      message.putArray("content").addObject().put("type", textType).set("text", content);
    }
    JsonNode parts = message.path("content");
    Optional<MessageQuestion> found = MessageQuestion.in(texts(parts, textType), finder);
    found.ifPresent(question -> remove(question, parts));
    return found.map(MessageQuestion::text);
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

  private static void remove(MessageQuestion question, JsonNode parts) {
    for (int i = question.from(); i < question.to(); i++) {
      ((ObjectNode) parts.get(i)).remove("text");
    }
    if (!question.beside().isEmpty()) {
      ((ObjectNode) parts.get(question.from())).set("text", beside(question));
    }
  }
}
