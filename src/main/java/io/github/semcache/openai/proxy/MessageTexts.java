package io.github.semcache.openai.proxy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.prompt.Prompt;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Normalizes the texts of a request that are part of the scope: the instructions, and the texts of
 * all messages except the last one of the user. System texts that are empty then are removed,
 * because they have the same meaning as none.
 *
 * @param normalizer the user's function; empty for none
 */
record MessageTexts(Optional<UnaryOperator<Prompt.Message>> normalizer) {
  private static final String INSTRUCTIONS = "instructions";
  private static final Set<String> SYSTEM_ROLES = Set.of("system", "developer");

  /**
   * Normalizes the texts of a request.
   *
   * @param body the request body, which is modified
   * @param messagesField the name of the field that contains the messages
   */
  void normalize(ObjectNode body, String messagesField) {
    if (body.path(INSTRUCTIONS).isTextual()) {
      replaceText(body, INSTRUCTIONS, "system");
      if (body.path(INSTRUCTIONS).textValue().isEmpty()) {
        body.remove(INSTRUCTIONS);
      }
    }
    if (!(body.path(messagesField) instanceof ArrayNode messages)) {
      return;
    }
    int question = indexOfLastUserMessage(messages);
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (i != question && messages.get(i) instanceof ObjectNode message) {
        String role = message.path("role").asText();
        normalizeMessage(message, role);
        if (SYSTEM_ROLES.contains(role) && isEmpty(message.path("content"))) {
          messages.remove(i);
          question--;
        }
      }
    }
  }

  private static int indexOfLastUserMessage(ArrayNode messages) {
    int index = messages.size() - 1;
    while (index >= 0 && !messages.get(index).path("role").asText().equals("user")) {
      index--;
    }
    return index;
  }

  private void normalizeMessage(ObjectNode message, String role) {
    if (message.path("content").isTextual()) {
      replaceText(message, "content", role);
    }
    for (JsonNode part : message.path("content")) {
      if (part instanceof ObjectNode object && object.path("text").isTextual()) {
        replaceText(object, "text", role);
      }
    }
  }

  private void replaceText(ObjectNode holder, String field, String role) {
    normalizer.ifPresent(
        function -> {
          Prompt.Message message = new Prompt.Message(role, holder.path(field).textValue());
          Prompt.Message normalized =
              requireNonNull(function.apply(message), "normalizeMessages returned null");
          holder.put(field, normalized.text());
        });
  }

  /** Returns whether the content consists of empty texts only. */
  private static boolean isEmpty(JsonNode content) {
    for (JsonNode part : content) {
      if (!part.path("text").isTextual() || !part.path("text").textValue().isEmpty()) {
        return false;
      }
    }
    return content.isArray() || (content.isTextual() && content.textValue().isEmpty());
  }
}
