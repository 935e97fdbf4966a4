package io.github.semcache.spring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

/** A chat model that records its prompts and replies with a function. Thread-safe. */
final class FakeChatModel implements ChatModel {
  private final List<Prompt> prompts = new CopyOnWriteArrayList<>();
  private final Function<Prompt, List<ChatResponse>> replies;
  private final ChatOptions options;

  FakeChatModel(Function<Prompt, List<ChatResponse>> replies) {
    this(replies, ToolCallingChatOptions.builder().model("fake-1").build());
  }

  FakeChatModel(Function<Prompt, List<ChatResponse>> replies, ChatOptions options) {
    this.replies = replies;
    this.options = options;
  }

  List<Prompt> prompts() {
    return List.copyOf(prompts);
  }

  int calls() {
    return prompts.size();
  }

  @Override
  public ChatResponse call(Prompt prompt) {
    prompts.add(prompt);
    List<ChatResponse> responses = replies.apply(prompt);
    return responses.get(responses.size() - 1);
  }

  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    return Flux.defer(
        () -> {
          prompts.add(prompt);
          return Flux.fromIterable(replies.apply(prompt));
        });
  }

  @Override
  public ChatOptions getOptions() {
    return options;
  }
}
