package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import io.github.semcache.prompt.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the messages of a request for the comparison with other requests: removes the marks of
 * hits from messages of the model, and normalizes all texts except those of the last user message.
 *
 * @param normalizer the user's function; empty for none
 */
record ScopeMessages(Optional<UnaryOperator<Prompt.Message>> normalizer) {

  /** Returns a modifiable list of the prepared messages. */
  List<ChatMessage> of(List<ChatMessage> messages) {
    int question = messages.size() - 1;
    while (question >= 0 && !(messages.get(question) instanceof UserMessage)) {
      question--;
    }
    List<ChatMessage> prepared = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      ChatMessage message = messages.get(i);
      if (message instanceof AiMessage answer) {
        prepared.add(normalized(HitMark.removeFrom(answer)));
      } else if (message instanceof SystemMessage system) {
        String text = normalized("system", system.text());
        if (!text.isEmpty()) {
          prepared.add(text.equals(system.text()) ? system : SystemMessage.from(text));
        }
      } else if (message instanceof UserMessage user && i != question) {
        prepared.add(normalized(user));
      } else {
        prepared.add(message);
      }
    }
    return prepared;
  }

  private AiMessage normalized(AiMessage message) {
    @Nullable String text = message.text();
    return (text == null || normalizer.isEmpty())
        ? message
        : message.withText(normalized("assistant", text));
  }

  private UserMessage normalized(UserMessage message) {
    if (normalizer.isEmpty()) {
      return message;
    }
    List<Content> contents = new ArrayList<>();
    for (Content content : message.contents()) {
      contents.add(
          content instanceof TextContent text
              ? new TextContent(normalized("user", text.text()))
              : content);
    }
    return message.toBuilder().contents(contents).build();
  }

  private String normalized(String role, String text) {
    return normalizer
        .map(
            function ->
                requireNonNull(
                        function.apply(new Prompt.Message(role, text)),
                        "normalizeMessages returned null")
                    .text())
        .orElse(text);
  }
}
