package io.github.semcache.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** {@link CachedChatModel#wrap(StreamingChatModel, SemanticCache)}. */
record CachedStreamingModel(StreamingChatModel model, SemanticCache cache, ChatRequests requests)
    implements StreamingChatModel {
  /** A handler may hold its stream up; callers that want no stream must not wait for it. */
  private static final String STREAMS = "langchain4j streams";

  @Override
  public void chat(
      ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
    Optional<ChatRequests.Question> question =
        cache.isClosed() ? Optional.empty() : requests.question(request);
    if (question.isEmpty()) {
      model.chat(request, options, handler);
      return;
    }
    ModelStream call = new ModelStream(model, request, options, handler);
    try {
      cache.executor().execute(() -> begin(question.get(), call));
    } catch (RejectedExecutionException e) {
      model.chat(request, options, handler);
    }
  }

  /** A call of the model: its request, and where its answer goes. */
  private record ModelStream(
      StreamingChatModel model,
      ChatRequest request,
      ChatRequestOptions options,
      StreamingChatResponseHandler handler) {

    void lead(CacheCall.Lead lead) {
      try {
        model.chat(request, options, new KeepingHandler(handler, lead));
      } catch (Throwable e) {
        lead.fail(e);
        handler.onError(e);
      }
    }

    /** Passes the cache by. */
    void alone() {
      try {
        model.chat(request, options, handler);
      } catch (RuntimeException e) {
        handler.onError(e);
      }
    }
  }

  private void begin(ChatRequests.Question question, ModelStream model) {
    CacheCall call;
    try {
      call = cache.begin(question.prompt(), question.settings(), STREAMS);
    } catch (RuntimeException e) {
      if (e instanceof IllegalStateException && cache.isClosed()) {
        model.alone();
      } else {
        model.handler().onError(e);
      }
      return;
    }
    goOn(call, model);
  }

  private static void goOn(CacheCall call, ModelStream model) {
    if (call instanceof CacheCall.Lead lead) {
      model.lead(lead);
    } else if (call instanceof CacheCall.Follow follow) {
      CompletableFuture<CacheCall> unused =
          follow.next().whenComplete((next, failure) -> goOn(next, failure, model));
    } else {
      replay(((CacheCall.Answered) call).answer(), model.handler());
    }
  }

  private static void goOn(CacheCall next, @Nullable Throwable failure, ModelStream model) {
    if (failure == null) {
      goOn(next, model);
    } else if (causeOf(failure) instanceof RejectedExecutionException) {
      model.alone();
    } else {
      model.handler().onError(causeOf(failure));
    }
  }

  private static void replay(Answer answer, StreamingChatResponseHandler handler) {
    try {
      Replay.to(handler, ChatResponses.response(answer.reply()));
    } catch (RuntimeException e) {
      handler.onError(e);
    }
  }

  private static Throwable causeOf(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    chat(request, handler);
  }

  @Override
  public Flow.Publisher<ChatModelStreamingEvent> chat(ChatRequest request) {
    return model.chat(request);
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return model.defaultRequestParameters();
  }

  @Override
  public List<ChatModelListener> listeners() {
    return model.listeners();
  }

  @Override
  public ModelProvider provider() {
    return model.provider();
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return model.supportedCapabilities();
  }
}
