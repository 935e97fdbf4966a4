package io.github.semcache.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIIoException;
import io.github.semcache.Answer;
import io.github.semcache.AsyncCacheCall;
import io.github.semcache.CacheCall;
import io.github.semcache.CacheCaller;
import io.github.semcache.SemanticCache;
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
    implements CacheCaller<HttpResponse> {

  /** Blocks until the response is there, or until it begins if it is a stream. */
  HttpResponse run() {
    Optional<CacheCall> begun = AsyncCacheCall.begin(cache, this::begin);
    try {
      return begun.isPresent() ? goOn(begun.get()) : upstream.plain();
    } catch (UnusableResponseException e) {
      return e.response().open();
    }
  }

  /** Does the same without holding a thread while it waits. */
  CompletableFuture<HttpResponse> runAsync() {
    return new AsyncCacheCall<>(cache, this).run().exceptionally(Exchange::unusable);
  }

  private static HttpResponse unusable(Throwable failure) {
    if (AsyncCacheCall.causeOf(failure) instanceof UnusableResponseException e) {
      return e.response().open();
    }
    throw failure instanceof CompletionException e ? e : new CompletionException(failure);
  }

  @Override
  public CacheCall begin() {
    return cache.begin(request.prompt(), request.settings(), lane);
  }

  private HttpResponse goOn(CacheCall begun) {
    CacheCall call = begun;
    while (true) {
      if (call instanceof CacheCall.Lead lead) {
        return leadHere(lead);
      } else if (call instanceof CacheCall.Follow follow) {
        call = await(follow);
      } else if (call instanceof CacheCall.Shared shared) {
        Optional<HttpResponse> stream = join(shared);
        if (stream.isPresent()) {
          return stream.get();
        }
        call = shared.again();
      } else {
        return take(((CacheCall.Answered) call).answer());
      }
    }
  }

  private HttpResponse leadHere(CacheCall.Lead lead) {
    try {
      return respond(lead, lead.call(observer, request.model(), upstream::send));
    } catch (Throwable e) {
      end(lead, e);
      throw e;
    }
  }

  /** Keeps the answer off the client's own threads. */
  @Override
  public CompletableFuture<HttpResponse> lead(CacheCall.Lead lead) {
    return AsyncCacheCall.started(() -> lead.call(observer, request.model(), upstream::sendAsync))
        .thenApplyAsync(sent -> respond(lead, sent), AsyncCacheCall.executorOf(cache))
        .whenComplete((response, failure) -> endOn(failure, lead));
  }

  private static void endOn(@Nullable Throwable failure, CacheCall.Lead lead) {
    if (failure != null) {
      end(lead, AsyncCacheCall.causeOf(failure));
    }
  }

  @Override
  public CompletableFuture<HttpResponse> passBy() {
    return upstream.plainAsync();
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
  public HttpResponse take(Answer answer) {
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
