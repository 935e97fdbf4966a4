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
import io.github.semcache.adapter.MessageQuestion;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.QuestionFinder;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes requests apart: into what is compared by meaning, and what must be equal. */
final class ChatRequests {
  private static final String MODEL = "model";

  /** Stands in the scope for a text that is compared by meaning. */
  private static final String TEXT = "text";

  /** LangChain4j's own clients give up after this long. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  private final String model;
  private final ModelProvider provider;
  private final ChatRequestParameters defaults;
  private final BiFunction<ChatRequest, Prompt, Prompt> options;
  private final QuestionFinder finder;
  private final Consumer<RuntimeException> onFailure;

  ChatRequests(
      String model,
      ModelProvider provider,
      ChatRequestParameters defaults,
      BiFunction<ChatRequest, Prompt, Prompt> options,
      QuestionFinder finder,
      Consumer<RuntimeException> onFailure) {
    this.model = model;
    this.provider = provider;
    this.defaults = defaults;
    this.options = options;
    this.finder = finder;
    this.onFailure = onFailure;
  }

  /** A request that a cache may answer. */
  record Question(Prompt prompt, Map<String, String> settings) {

    /** The model's name. */
    String model() {
      return settings.getOrDefault(MODEL, "unknown");
    }
  }

  /** Empty if no message of the user asks anything, or if the request cannot be written down. */
  Optional<Question> question(ChatRequest request) {
    List<ChatMessage> rest = new ArrayList<>(request.messages());
    for (int i = rest.size() - 1; i >= 0; i--) {
      if (rest.get(i) instanceof UserMessage message) {
        List<Content> contents = new ArrayList<>(message.contents());
        Optional<MessageQuestion> found = MessageQuestion.in(texts(contents), finder, onFailure);
        found.ifPresent(asked -> remove(asked, contents));
        rest.set(i, message.toBuilder().contents(contents).build());
        return found.flatMap(asked -> question(request, asked, rest));
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

  private static void remove(MessageQuestion asked, List<Content> contents) {
    for (int i = asked.from(); i < asked.to(); i++) {
      contents.set(i, TextContent.from(TEXT));
    }
  }

  private Optional<Question> question(
      ChatRequest request, MessageQuestion asked, List<ChatMessage> rest) {
    return settings(request, asked, rest)
        .map(settings -> new Question(options.apply(request, prompt(asked.text())), settings));
  }

  private static Prompt prompt(String text) {
    return Prompt.of(text).maxWait(MAX_WAIT);
  }

  private Optional<Map<String, String>> settings(
      ChatRequest request, MessageQuestion asked, List<ChatMessage> rest) {
    try {
      Map<String, String> settings = settings(defaults.overrideWith(request.parameters()), rest);
      return Optional.of(asked.context().isEmpty() ? settings : with(asked.context(), settings));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> with(List<String> beside, Map<String, String> settings) {
    Map<String, String> more = new TreeMap<>(settings);
    more.put("before the question", beside.get(0));
    more.put("after the question", beside.get(1));
    return more;
  }

  private Map<String, String> settings(ChatRequestParameters parameters, List<ChatMessage> rest) {
    return Map.of(
        "provider",
        provider.name(),
        MODEL,
        model,
        "parameters",
        text(parameters),
        "tools",
        tools(parameters),
        "messages",
        ChatMessageSerializer.messagesToJson(rest));
  }

  /** A class that adds fields must show them, or they would count for nothing. */
  private static String text(ChatRequestParameters parameters) {
    Class<?> type = parameters.getClass();
    while (!declaresToString(type)) {
      if (Stream.of(type.getDeclaredFields()).anyMatch(ChatRequests::isOfInstance)) {
        throw new IllegalArgumentException(type + " has fields, but no toString");
      }
      type = type.getSuperclass();
    }
    return parameters.toString();
  }

  private static boolean declaresToString(Class<?> type) {
    return Stream.of(type.getDeclaredMethods())
        .anyMatch(method -> method.getName().equals("toString") && method.getParameterCount() == 0);
  }

  private static boolean isOfInstance(Field field) {
    return !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic();
  }

  private static String tools(ChatRequestParameters parameters) {
    return parameters.toolSpecifications().stream()
        .map(ToolSpecification::toJson)
        .collect(Collectors.joining("\n"));
  }
}
