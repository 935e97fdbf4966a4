package io.github.semcache.langchain4j;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.QuestionFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Splits chat requests into the prompt and the settings that must be equal. Thread-safe. */
final class ChatRequestParser {
  /** Replaces the question in the serialized messages. */
  private static final String PLACEHOLDER = "text";

  private final String model;
  private final ModelProvider provider;
  private final Optional<String> credentials;
  private final ChatRequestParameters defaults;
  private final BiFunction<ChatRequest, Prompt, Prompt> options;
  private final QuestionFinder finder;
  private final ScopeMessages scopeMessages;
  private final Consumer<Throwable> onFailure;

  ChatRequestParser(
      String model,
      ModelProvider provider,
      Optional<String> credentials,
      ChatRequestParameters defaults,
      BiFunction<ChatRequest, Prompt, Prompt> options,
      QuestionFinder finder,
      ScopeMessages scopeMessages,
      Consumer<Throwable> onFailure) {
    this.model = model;
    this.provider = provider;
    this.credentials = credentials;
    this.defaults = defaults;
    this.options = options;
    this.finder = finder;
    this.scopeMessages = scopeMessages;
    this.onFailure = onFailure;
  }

  /**
   * Parses a request.
   *
   * @return the parsed request; empty if no user message contains a question, or if the request
   *     cannot be serialized, which is passed to the failure callback
   * @throws RuntimeException if the user's option function fails; the exception is not wrapped
   */
  Optional<CacheableRequest> parse(ChatRequest request) {
    return withoutOptions(request)
        .map(
            parsed ->
                new CacheableRequest(
                    options.apply(request, parsed.prompt()), parsed.settings(), parsed.check()));
  }

  private Optional<CacheableRequest> withoutOptions(ChatRequest request) {
    try {
      List<ChatMessage> messages = new ArrayList<>(scopeMessages.of(request.messages()));
      ChatRequestParameters parameters = defaults.overrideWith(request.parameters());
      Optional<QuestionFinder.Question> question = extractQuestion(messages);
      return question.map(
          found ->
              new CacheableRequest(
                  Prompt.of(found.text()),
                  settings(parameters, messages, found),
                  AnswerChecks.of(parameters, found)));
    } catch (RuntimeException | Error e) { // The user's functions may throw anything.
      onFailure.accept(e);
      return Optional.empty();
    }
  }

  /** Finds the question in the last user message, and replaces it there by a placeholder. */
  private Optional<QuestionFinder.Question> extractQuestion(List<ChatMessage> messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i) instanceof UserMessage message) {
        List<Content> contents = new ArrayList<>(message.contents());
        Optional<QuestionFinder.Question> question =
            QuestionFinder.Question.in(texts(contents), finder, onFailure);
        question.ifPresent(found -> replace(found, contents));
        messages.set(i, message.toBuilder().contents(contents).build());
        return question;
      }
    }
    return Optional.empty();
  }

  private static List<Optional<String>> texts(List<Content> contents) {
    return contents.stream()
        .map(content -> content instanceof TextContent text ? text.text() : null)
        .map(Optional::ofNullable)
        .toList();
  }

  private static void replace(QuestionFinder.Question question, List<Content> contents) {
    for (int i = question.from(); i < question.to(); i++) {
      contents.set(i, TextContent.from(PLACEHOLDER));
    }
  }

  private Map<String, String> settings(
      ChatRequestParameters parameters,
      List<ChatMessage> messages,
      QuestionFinder.Question question) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("provider", provider.name());
    settings.put(CacheableRequest.MODEL, model);
    credentials.ifPresent(hash -> settings.put("credentials", hash));
    settings.put("parameters", ParameterEncoder.encode(parameters));
    settings.put("messages", ChatMessageSerializer.messagesToJson(messages));
    if (!question.context().isEmpty()) {
      settings.put("before the question", question.context().get(0));
      settings.put("after the question", question.context().get(1));
    }
    return settings;
  }
}
