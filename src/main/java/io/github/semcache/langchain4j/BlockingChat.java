package io.github.semcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.chat.ObservedCall;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The blocking call of the model for one request; keeps the response as the model gave it. */
final class BlockingChat implements ChatClient {
  private final Supplier<ChatResponse> call;
  private final ChatRequests.Question question;
  private final ModelObserver observer;
  private boolean made;
  private Optional<ChatResponse> response = Optional.empty();

  BlockingChat(
      Supplier<ChatResponse> call, ChatRequests.Question question, ModelObserver observer) {
    this.call = call;
    this.question = question;
    this.observer = observer;
  }

  @Override
  public ChatReply chat(Prompt prompt) {
    made = true;
    ObservedCall observed = ObservedCall.begin(observer, question.model());
    try {
      ChatResponse answer = observed.run(call);
      response = Optional.of(answer);
      ChatReply reply = ChatResponses.reply(answer);
      observed.answered(reply);
      return reply;
    } catch (UncacheableResponseException e) {
      observed.abandoned();
      throw e;
    } catch (Throwable e) {
      observed.failed(e);
      throw e;
    }
  }

  @Override
  public Map<String, String> settings() {
    return question.settings();
  }

  boolean wasMade() {
    return made;
  }

  Optional<ChatResponse> response() {
    return response;
  }
}
