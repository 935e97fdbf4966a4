package io.github.semcache.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a request asks, and everything else that it says.
 *
 * @param text the text of the last message of the user; not blank
 * @param rest the request without that text, as canonical JSON
 */
record Question(String text, String rest) {

  /**
   * Takes a request apart. Texts in one message that follow one another are joined. Of those that
   * images or files stand between, the last say what is asked; the others, which tell these apart,
   * stay in the rest, as does every other field of the message.
   *
   * @param body the request's body, which is changed
   * @param messages the field of the messages
   * @param textType the {@code type} of a part of a message that is text
   * @return empty if no message of the user has a text
   */
  static Optional<Question> take(ObjectNode body, String messages, String textType) {
    List<String> texts = new ArrayList<>();
    if (body.path(messages).isTextual()) {
      texts.add(body.path(messages).textValue());
      body.putNull(messages);
    } else {
      lastOfUser(body.path(messages)).ifPresent(message -> takeTexts(message, textType, texts));
    }
    String text = String.join("\n", texts);
    return text.isBlank()
        ? Optional.empty()
        : Optional.of(new Question(text, Json.canonical(body)));
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
  private static void takeTexts(ObjectNode message, String textType, List<String> texts) {
    JsonNode content = message.path("content");
    if (content.isTextual()) {
      texts.add(content.textValue());
      message.putArray("content").addObject().put("type", textType);
      return;
    }
    for (ObjectNode part : lastTexts(content, textType)) {
      texts.add(part.remove("text").textValue());
    }
  }

  /** The last parts that follow one another and say something. */
  private static List<ObjectNode> lastTexts(JsonNode content, String textType) {
    List<ObjectNode> last = new ArrayList<>();
    for (int i = content.size() - 1; i >= 0; i--) {
      JsonNode part = content.get(i);
      if (isText(part, textType)) {
        last.add(0, (ObjectNode) part);
      } else if (saysSomething(last)) {
        return last;
      } else {
        last.clear();
      }
    }
    return last;
  }

  private static boolean isText(JsonNode part, String textType) {
    return part.isObject()
        && part.path("type").asText().equals(textType)
        && part.path("text").isTextual();
  }

  private static boolean saysSomething(List<ObjectNode> texts) {
    return texts.stream().anyMatch(text -> !text.path("text").textValue().isBlank());
  }
}
