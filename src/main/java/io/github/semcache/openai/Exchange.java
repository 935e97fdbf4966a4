package io.github.semcache.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpResponse;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request that the cache may answer, and the response to it. */
record Exchange(SemanticCache cache, ModelRequest request) {
  private static final String STREAMS = "openai streams";

  /** Blocks until the response is there, or until it begins if it is a stream. */
  HttpResponse run(Supplier<HttpResponse> model) {
    try {
      CacheCall call = begin();
      while (true) {
        if (call instanceof CacheCall.Lead lead) {
          return respond(lead, send(lead, model));
        } else if (call instanceof CacheCall.Follow follow) {
          call = follow.await();
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
    } catch (UnusableResponseException e) {
      return e.response().open();
    }
  }

  private static HttpResponse send(CacheCall.Lead lead, Supplier<HttpResponse> model) {
    try {
      return model.get();
    } catch (Throwable e) {
      lead.fail(e);
      throw e;
    }
  }

  /** Does the same without holding a thread while it waits. */
  CompletableFuture<HttpResponse> runAsync(Supplier<CompletableFuture<HttpResponse>> model) {
    return CompletableFuture.supplyAsync(this::begin, cache.executor())
        .thenCompose(call -> goOn(call, model))
        .exceptionally(Exchange::unusable);
  }

  private CompletableFuture<HttpResponse> goOn(
      CacheCall call, Supplier<CompletableFuture<HttpResponse>> model) {
    if (call instanceof CacheCall.Lead lead) {
      return sendAsync(model)
          .whenComplete((response, failure) -> failOn(failure, lead))
          .thenApply(response -> respond(lead, response));
    } else if (call instanceof CacheCall.Follow follow) {
      return follow.next().thenCompose(next -> goOn(next, model));
    } else if (call instanceof CacheCall.Shared shared) {
      return readAlong(shared)
          .map(CompletableFuture::completedFuture)
          .orElseGet(() -> goOn(shared.again(), model));
    }
    return CompletableFuture.completedFuture(respond(((CacheCall.Answered) call).answer()));
  }

  private static CompletableFuture<HttpResponse> sendAsync(
      Supplier<CompletableFuture<HttpResponse>> model) {
    try {
      return model.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void failOn(@Nullable Throwable failure, CacheCall.Lead lead) {
    if (failure != null) {
      lead.fail(causeOf(failure));
    }
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

  private CacheCall begin() {
    return request.isStreaming()
        ? cache.begin(request.prompt(), request.settings(), STREAMS)
        : cache.begin(request.prompt(), request.settings());
  }

  private static Optional<HttpResponse> readAlong(CacheCall.Shared shared) {
    return ((SharedStream) shared.live()).open();
  }

  private HttpResponse respond(CacheCall.Lead lead, HttpResponse response) {
    return request.isStreaming() && isSuccess(response)
        ? stream(lead, response)
        : whole(lead, BufferedResponse.of(response));
  }

  private static boolean isSuccess(HttpResponse response) {
    return response.statusCode() / 100 == 2;
  }

  private HttpResponse stream(CacheCall.Lead lead, HttpResponse response) {
    SharedStream stream = new SharedStream(response, lead, request.api());
    HttpResponse first = stream.open().orElseThrow();
    lead.share(stream);
    return first;
  }

  private HttpResponse whole(CacheCall.Lead lead, BufferedResponse response) {
    Optional<ChatReply> reply = response.isSuccess() ? reply(response) : Optional.empty();
    if (reply.isEmpty()) {
      lead.fail(new UnusableResponseException(response));
      return response.open();
    }
    return response.marked(lead.complete(reply.get())).open();
  }

  private Optional<ChatReply> reply(BufferedResponse response) {
    try {
      String json = response.text();
      return Optional.of(request.api().reply(Json.object(json)).payload(json));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private HttpResponse respond(Answer answer) {
    BufferedResponse response =
        request.isStreaming()
            ? BufferedResponse.of(
                "text/event-stream", request.api().stream(json(answer), request.body()))
            : BufferedResponse.of("application/json", Json.text(json(answer)));
    return response.marked(answer).open();
  }

  /** The answer as the service gave it; one of which only the text is known gets the same form. */
  private ObjectNode json(Answer answer) {
    try {
      return Json.object(answer.reply().payload().orElse(""));
    } catch (IOException e) {
      return request.api().answer(answer.reply());
    }
  }
}
