package io.github.semcache.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIIoException;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request that the cache may answer, and the response to it. */
record Exchange(SemanticCache cache, ModelRequest request) {

  /** Blocks until the response is there, or until it begins if it is a stream. */
  HttpResponse run(Supplier<HttpResponse> model) {
    Optional<CacheCall> begun = begin();
    try {
      return begun.isPresent() ? goOn(begun.get(), model) : model.get();
    } catch (UnusableResponseException e) {
      return e.response().open();
    }
  }

  /** Empty if the cache was closed just now. */
  private Optional<CacheCall> begin() {
    try {
      return Optional.of(
          request.isStreaming()
              ? cache.begin(request.prompt(), request.settings(), request.streamLane())
              : cache.begin(request.prompt(), request.settings()));
    } catch (IllegalStateException e) {
      if (cache.isClosed()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private HttpResponse goOn(CacheCall begun, Supplier<HttpResponse> model) {
    CacheCall call = begun;
    while (true) {
      if (call instanceof CacheCall.Lead lead) {
        return lead(lead, model);
      } else if (call instanceof CacheCall.Follow follow) {
        call = await(follow);
      } else if (call instanceof CacheCall.Shared shared) {
        Optional<HttpResponse> stream = readAlong(shared);
        if (stream.isPresent()) {
          return stream.get();
        }
        call = shared.again();
      } else {
        return respond(((CacheCall.Answered) call).answer());
      }
    }
  }

  private HttpResponse lead(CacheCall.Lead lead, Supplier<HttpResponse> model) {
    try {
      return respond(lead, model.get());
    } catch (Throwable e) {
      end(lead, e);
      throw e;
    }
  }

  /** What is the matter with this caller alone is its own: one of those who wait leads on. */
  private static void end(CacheCall.Lead lead, Throwable failure) {
    if (failure instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
      lead.abandon();
    } else if (OwnFailure.is(failure)) {
      lead.failAlone(failure);
    } else {
      lead.fail(failure);
    }
  }

  /** Fails as the client does when its thread is interrupted. */
  private static CacheCall await(CacheCall.Follow follow) {
    try {
      return follow.await();
    } catch (CancellationException e) {
      if (!Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new OpenAIIoException("Request interrupted", e);
    }
  }

  private static Optional<HttpResponse> readAlong(CacheCall.Shared shared) {
    return ((SharedStream) shared.live()).open();
  }

  /**
   * Does the same without holding a thread while it waits. An executor that takes no more makes the
   * call pass the cache by.
   */
  CompletableFuture<HttpResponse> runAsync(Supplier<CompletableFuture<HttpResponse>> model) {
    return beginAsync()
        .thenCompose(call -> call.map(begun -> goOnAsync(begun, model)).orElseGet(model))
        .exceptionally(Exchange::unusable);
  }

  private CompletableFuture<Optional<CacheCall>> beginAsync() {
    try {
      return CompletableFuture.supplyAsync(this::begin, cache.executor());
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
  }

  private CompletableFuture<HttpResponse> goOnAsync(
      CacheCall call, Supplier<CompletableFuture<HttpResponse>> model) {
    if (call instanceof CacheCall.Lead lead) {
      return started(model)
          .thenApplyAsync(response -> respond(lead, response), this::onExecutor)
          .whenComplete((response, failure) -> endOn(failure, lead));
    } else if (call instanceof CacheCall.Follow follow) {
      return follow
          .next()
          .thenCompose(next -> goOnAsync(next, model))
          .exceptionallyCompose(failure -> withoutExecutor(failure, model));
    } else if (call instanceof CacheCall.Shared shared) {
      return readAlong(shared)
          .map(CompletableFuture::completedFuture)
          .orElseGet(() -> goOnAsync(shared.again(), model));
    }
    return CompletableFuture.completedFuture(respond(((CacheCall.Answered) call).answer()));
  }

  private static CompletableFuture<HttpResponse> started(
      Supplier<CompletableFuture<HttpResponse>> model) {
    try {
      return model.get();
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Keeps the answer off the client's own threads, unless no other one will do it. */
  private void onExecutor(Runnable task) {
    try {
      cache.executor().execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  private static void endOn(@Nullable Throwable failure, CacheCall.Lead lead) {
    if (failure != null) {
      end(lead, causeOf(failure));
    }
  }

  private static CompletableFuture<HttpResponse> withoutExecutor(
      Throwable failure, Supplier<CompletableFuture<HttpResponse>> model) {
    return causeOf(failure) instanceof RejectedExecutionException
        ? model.get()
        : CompletableFuture.failedFuture(failure);
  }

  private static HttpResponse unusable(Throwable failure) {
    if (causeOf(failure) instanceof UnusableResponseException e) {
      return e.response().open();
    }
    throw failure instanceof CompletionException e ? e : new CompletionException(failure);
  }

  private static Throwable causeOf(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  /** The model has responded: its response, which is kept if it may be. */
  private HttpResponse respond(CacheCall.Lead lead, HttpResponse response) {
    return request.isStreaming() && response.statusCode() == BufferedResponse.OK
        ? stream(lead, response)
        : whole(lead, BufferedResponse.of(response));
  }

  private HttpResponse stream(CacheCall.Lead lead, HttpResponse response) {
    SharedStream stream = new SharedStream(response, lead, request.api());
    HttpResponse first = stream.open().orElseThrow();
    lead.share(stream);
    return first;
  }

  private HttpResponse whole(CacheCall.Lead lead, BufferedResponse response) {
    Optional<ChatReply> reply = response.isOk() ? reply(response.text()) : Optional.empty();
    if (reply.isEmpty()) {
      end(lead, new UnusableResponseException(response));
      return response.open();
    }
    return response.marked(lead.complete(reply.get())).open();
  }

  private Optional<ChatReply> reply(String json) {
    try {
      return Optional.of(request.api().reply(Json.object(json)).payload(json));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** The cache, or the call that this one followed, has answered. */
  private HttpResponse respond(Answer answer) {
    BufferedResponse response =
        request.isStreaming()
            ? BufferedResponse.of("text/event-stream", stream(answer))
            : BufferedResponse.of("application/json", json(answer));
    return response.marked(answer).open();
  }

  private String stream(Answer answer) {
    ObjectNode tree = given(answer).orElseGet(() -> request.api().answer(answer.reply()));
    request.personalise(tree);
    return request.api().stream(tree, request.includesUsage());
  }

  /** What the service gave, to the letter where that is possible. */
  private String json(Answer answer) {
    Optional<ObjectNode> given = given(answer);
    return given.isPresent() && !request.personalise(given.get())
        ? answer.reply().payload().orElseThrow()
        : Json.text(given.orElseGet(() -> request.api().answer(answer.reply())));
  }

  /** Empty if only the text of the answer is known. */
  private static Optional<ObjectNode> given(Answer answer) {
    try {
      return Optional.of(Json.object(answer.reply().payload().orElse("")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
