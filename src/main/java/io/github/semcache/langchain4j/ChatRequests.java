package io.github.semcache.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import io.github.semcache.prompt.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Takes requests apart: into what is compared by meaning, and what must be equal. */
final class ChatRequests {
  /** Stands in the scope for a text that is compared by meaning. */
  private static final String TEXT = "text";

  private final String model;
  private final ModelProvider provider;
  private final ChatRequestParameters defaults;
  private final BiFunction<ChatRequest, Prompt, Prompt> options;

  ChatRequests(
      String model,
      ModelProvider provider,
      ChatRequestParameters defaults,
      BiFunction<ChatRequest, Prompt, Prompt> options) {
    this.model = model;
    this.provider = provider;
    this.defaults = defaults;
    this.options = options;
  }

  /** A request that a cache may answer. */
  record Question(Prompt prompt, Map<String, String> settings) {}

  /** Empty if no message of the user has a text, or if the request cannot be written down. */
  Optional<Question> question(ChatRequest request) {
    List<ChatMessage> rest = new ArrayList<>(request.messages());
    for (int i = rest.size() - 1; i >= 0; i--) {
      if (rest.get(i) instanceof UserMessage message) {
        rest.set(i, withoutTexts(message));
        return question(request, textOf(message), rest);
      }
    }
    return Optional.empty();
  }

  private Optional<Question> question(ChatRequest request, String text, List<ChatMessage> rest) {
    return text.isBlank()
        ? Optional.empty()
        : settings(request, rest)
            .map(settings -> new Question(options.apply(request, Prompt.of(text)), settings));
  }

  private static String textOf(UserMessage message) {
    return message.contents().stream()
        .filter(TextContent.class::isInstance)
        .map(content -> ((TextContent) content).text())
        .collect(Collectors.joining("\n"));
  }

  private static UserMessage withoutTexts(UserMessage message) {
    List<Content> contents = new ArrayList<>(message.contents());
    contents.replaceAll(
        content -> content instanceof TextContent ? TextContent.from(TEXT) : content);
    return message.toBuilder().contents(contents).build();
  }

  private Optional<Map<String, String>> settings(ChatRequest request, List<ChatMessage> rest) {
    try {
      return Optional.of(settings(defaults.overrideWith(request.parameters()), rest));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private Map<String, String> settings(ChatRequestParameters parameters, List<ChatMessage> rest) {
    return Map.of(
        "provider", provider.name(),
        "model", model,
        "parameters", parameters.toString(),
        "tools", tools(parameters),
        "messages", ChatMessageSerializer.messagesToJson(rest));
  }

  private static String tools(ChatRequestParameters parameters) {
    return parameters.toolSpecifications().stream()
        .map(ToolSpecification::toJson)
        .collect(Collectors.joining("\n"));
  }
}
