package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIIoException;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import io.github.semcache.adapter.CallHandler;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ModelObserver;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One request that the cache may answer, and the response to it.
 *
 * @param upstream sends it to the model
 * @param lane of requests that differ in it none waits for another
 */
record Exchange(
    SemanticCache cache,
    ModelRequest request,
    Upstream upstream,
    String lane,
    ModelObserver observer)
    implements CallHandler<HttpResponse> {

  /** Blocks until the response is complete, or until a stream begins. */
  HttpResponse run() {
    try {
      return CallDriver.run(cache, this);
    } catch (UnusableResponseException e) {
      return e.response().open();
    } catch (CancellationException e) {
      if (!Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new OpenAIIoException("Request interrupted", e);
    }
  }

  /** Runs the exchange without holding a thread while it waits. */
  CompletableFuture<HttpResponse> runAsync() {
    return CallDriver.runAsync(cache, new Async(this)).exceptionally(Exchange::unusable);
  }

  private static HttpResponse unusable(Throwable failure) {
    if (CallDriver.causeOf(failure) instanceof UnusableResponseException e) {
      return e.response().open();
    }
    throw failure instanceof CompletionException e ? e : new CompletionException(failure);
  }

  /** The same steps without holding a thread; keeps the cache's work off the client's threads. */
  private record Async(Exchange exchange) implements CallHandler<CompletableFuture<HttpResponse>> {

    @Override
    public CacheCall begin() {
      return exchange.begin();
    }

    @Override
    public CompletableFuture<HttpResponse> lead(CacheCall.Lead lead) {
      return CallDriver.start(
              () ->
                  lead.call(
                      exchange.observer, exchange.request.model(), exchange.upstream::sendAsync))
          .thenApplyAsync(
              sent -> exchange.respond(lead, sent), CallDriver.executorOf(exchange.cache))
          .whenComplete((response, failure) -> endOn(failure, lead));
    }

    @Override
    public CompletableFuture<HttpResponse> bypass() {
      return exchange.upstream.plainAsync();
    }

    @Override
    public Optional<CompletableFuture<HttpResponse>> join(CacheCall.Shared shared) {
      return exchange.join(shared).map(CompletableFuture::completedFuture);
    }

    @Override
    public CompletableFuture<HttpResponse> answered(Answer answer) {
      return CompletableFuture.completedFuture(exchange.answered(answer));
    }
  }

  @Override
  public CacheCall begin() {
    return cache.begin(request.prompt(), request.settings(), lane);
  }

  @Override
  public HttpResponse lead(CacheCall.Lead lead) {
    try {
      return respond(lead, lead.call(observer, request.model(), upstream::send));
    } catch (Throwable e) {
      end(lead, e);
      throw e;
    }
  }

  private static void endOn(@Nullable Throwable failure, CacheCall.Lead lead) {
    if (failure != null) {
      end(lead, CallDriver.causeOf(failure));
    }
  }

  @Override
  public HttpResponse bypass() {
    return upstream.plain();
  }

  /** What is the matter with this caller alone is its own: one of those who wait leads on. */
  private static void end(CacheCall.Lead lead, Throwable failure) {
    if (failure instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
      lead.abandon();
    } else if (CallerError.is(failure)) {
      lead.failAlone(failure);
    } else {
      lead.fail(failure);
    }
  }

  @Override
  public Optional<HttpResponse> join(CacheCall.Shared shared) {
    return ((SharedStream) shared.live()).open();
  }

  /** The model has responded: its response, which is kept if it may be. */
  private HttpResponse respond(CacheCall.Lead lead, Upstream.Sent sent) {
    return request.isStreaming() && sent.response().statusCode() == BufferedResponse.OK
        ? stream(lead, sent)
        : whole(lead, BufferedResponse.of(sent.response()));
  }

  private HttpResponse stream(CacheCall.Lead lead, Upstream.Sent sent) {
    SharedStream stream =
        new SharedStream(sent.response(), lead, request.api(), sent.usageIsWithheld());
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

  @Override
  public HttpResponse answered(Answer answer) {
    BufferedResponse response =
        request.isStreaming()
            ? BufferedResponse.of("text/event-stream", stream(answer))
            : BufferedResponse.of("application/json", json(answer));
    return response.marked(answer).open();
  }

  private String stream(Answer answer) {
    ObjectNode tree = given(answer).orElseGet(() -> request.api().answer(answer.reply()));
    request.personalize(tree);
    return request.api().stream(tree, request.includesUsage());
  }

  /** What the service gave, to the letter where that is possible. */
  private String json(Answer answer) {
    Optional<ObjectNode> given = given(answer);
    return given.isPresent() && !request.personalize(given.get())
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
