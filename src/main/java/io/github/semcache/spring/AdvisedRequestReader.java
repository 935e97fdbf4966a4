package io.github.semcache.spring;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.QuestionFinder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientAttributes;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.content.Media;
import org.springframework.ai.content.MediaContent;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Splits requests into the prompt and the settings that must be equal. Thread-safe. */
final class AdvisedRequestReader {
  /** The key of the model name in the settings. */
  static final String MODEL = "model";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final QuestionFinder finder;
  private final UnaryOperator<ChatClientRequest> normalizer;
  private final BiFunction<ChatClientRequest, Prompt, Prompt> prompts;
  private final Consumer<Throwable> onFailure;

  AdvisedRequestReader(
      QuestionFinder finder,
      UnaryOperator<ChatClientRequest> normalizer,
      BiFunction<ChatClientRequest, Prompt, Prompt> prompts,
      Consumer<Throwable> onFailure) {
    this.finder = finder;
    this.normalizer = normalizer;
    this.prompts = prompts;
    this.onFailure = onFailure;
  }

  /**
   * Reads a request.
   *
   * @return the parts; empty if no user message contains a question, or if the request cannot be
   *     compared, which is passed to the failure callback
   * @throws RuntimeException if the user's option function fails; the exception is not wrapped
   */
  Optional<AdvisedRequest> read(ChatClientRequest request) {
    return withoutOptions(request)
        .map(
            read ->
                new AdvisedRequest(
                    prompts.apply(request, read.prompt()),
                    read.settings(),
                    read.output(),
                    read.live()));
  }

  private Optional<AdvisedRequest> withoutOptions(ChatClientRequest original) {
    try {
      ChatClientRequest request = requireNonNull(normalizer.apply(original), "normalizeRequest");
      List<Message> messages = request.prompt().getInstructions();
      int last = lastUserMessage(messages);
      return last < 0
          ? Optional.empty()
          : QuestionFinder.Question.in(
                  List.of(Optional.of(text(messages.get(last)))), finder, onFailure)
              .map(question -> read(request, messages, last, question));
    } catch (RuntimeException | Error e) { // The user's functions may throw anything.
      onFailure.accept(e);
      return Optional.empty();
    }
  }

  private static int lastUserMessage(List<Message> messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i) instanceof UserMessage) {
        return i;
      }
    }
    return -1;
  }

  private static AdvisedRequest read(
      ChatClientRequest request,
      List<Message> messages,
      int last,
      QuestionFinder.Question question) {
    @Nullable ChatOptions options = request.prompt().getOptions();
    Map<String, String> properties = options == null ? Map.of() : OptionsText.of(options);
    Map<String, String> settings = new TreeMap<>();
    settings.put("api", "spring-ai");
    if (options != null) {
      settings.put("options", options.getClass().getName() + properties);
      settings.put("tools", tools(options));
      Optional.ofNullable(options.getModel()).ifPresent(model -> settings.put(MODEL, model));
    }
    settings.put("messages", new MessagesText(last).of(messages));
    if (!question.context().isEmpty()) {
      settings.put("before the question", question.context().get(0));
      settings.put("after the question", question.context().get(1));
    }
    for (ChatClientAttributes attribute :
        List.of(
            ChatClientAttributes.OUTPUT_FORMAT,
            ChatClientAttributes.STRUCTURED_OUTPUT_SCHEMA,
            ChatClientAttributes.STRUCTURED_OUTPUT_NATIVE)) {
      OutputCheck.attribute(request, attribute)
          .ifPresent(value -> settings.put(attribute.getKey(), value));
    }
    return new AdvisedRequest(
        Prompt.of(question.text()),
        settings,
        OutputCheck.of(request, properties),
        OptionsText.searchLive(properties));
  }

  private static String tools(ChatOptions options) {
    return options instanceof ToolCallingChatOptions calling && calling.getToolCallbacks() != null
        ? calling.getToolCallbacks().stream()
            .map(callback -> tool(callback.getToolDefinition()))
            .collect(Collectors.joining("\n"))
        : "";
  }

  private static String tool(ToolDefinition tool) {
    return NODES
        .arrayNode()
        .add(tool.name())
        .add(tool.description())
        .add(tool.inputSchema())
        .toString();
  }

  private static String text(Message message) {
    @Nullable String text = message.getText();
    return text == null ? "" : text;
  }

  /**
   * The messages as JSON, without the text of one message. The ids of tool calls, which a model
   * draws at random, are replaced by their order. The metadata of messages, which models do not
   * receive, is left out.
   */
  private static final class MessagesText {
    private final int withoutText;
    private final Map<String, String> toolCallIds = new HashMap<>();

    MessagesText(int withoutText) {
      this.withoutText = withoutText;
    }

    String of(List<Message> messages) {
      ArrayNode all = NODES.arrayNode();
      for (int i = 0; i < messages.size(); i++) {
        all.add(message(messages.get(i), i == withoutText ? "" : text(messages.get(i))));
      }
      return all.toString();
    }

    private ObjectNode message(Message message, String text) {
      ObjectNode node = NODES.objectNode();
      node.put("type", message.getMessageType().getValue()).put("text", text);
      if (message instanceof MediaContent content && !content.getMedia().isEmpty()) {
        ArrayNode media = node.putArray("media");
        content.getMedia().forEach(item -> media.add(media(item)));
      }
      if (message instanceof AssistantMessage assistant && assistant.hasToolCalls()) {
        ArrayNode calls = node.putArray("calls");
        assistant
            .getToolCalls()
            .forEach(
                call ->
                    calls.addArray().add(order(call.id())).add(call.name()).add(call.arguments()));
      }
      if (message instanceof ToolResponseMessage tools) {
        ArrayNode responses = node.putArray("responses");
        tools
            .getResponses()
            .forEach(
                response ->
                    responses
                        .addArray()
                        .add(order(response.id()))
                        .add(response.name())
                        .add(response.responseData()));
      }
      return node;
    }

    private @Nullable String order(@Nullable String id) {
      return id == null
          ? null
          : toolCallIds.computeIfAbsent(id, added -> String.valueOf(toolCallIds.size()));
    }

    private static ArrayNode media(Media media) {
      Object data = media.getData();
      return NODES
          .arrayNode()
          .add(media.getMimeType().toString())
          .add(media.getId())
          .add(data instanceof byte[] bytes ? "sha-256 " + hash(bytes) : data.toString());
    }

    private static String hash(byte[] bytes) {
      try {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("the JDK has no SHA-256", e);
      }
    }
  }
}
