package io.github.semcache.spring;

import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * One streaming request of a chat client with a cache, for one subscriber. The stream is forwarded
 * as it arrives, and stored when it is complete. Its end is forwarded after that.
 */
final class AdvisedStream
    implements CallDriver.Handler<CompletableFuture<Flux<ChatClientResponse>>> {
  /**
   * Streams are coalesced only with one another: a slow subscriber delays its stream, and blocking
   * calls must not wait for it.
   */
  private static final String COALESCING_GROUP = "spring-ai streams";

  private final SemanticCache cache;
  private final AdvisedReplies replies;
  private final ChatClientRequest request;
  private final StreamAdvisorChain chain;
  private final AdvisedRequest cacheable;

  /** Guarded by this object, as is the next field. */
  private CacheCall.@Nullable Lead lead;

  private boolean canceled;

  AdvisedStream(
      SemanticCache cache,
      AdvisedReplies replies,
      ChatClientRequest request,
      StreamAdvisorChain chain,
      AdvisedRequest cacheable) {
    this.cache = cache;
    this.replies = replies;
    this.request = request;
    this.chain = chain;
    this.cacheable = cacheable;
  }

  /** Returns the stream. The lookup runs on the cache's executor. */
  Flux<ChatClientResponse> stream() {
    return Mono.fromFuture(() -> CallDriver.runAsync(cache, this), true)
        .flatMapMany(Function.identity())
        .doOnCancel(this::cancel);
  }

  /** Abandons the lead, because the subscriber will not read its stream to the end. */
  private synchronized void cancel() {
    canceled = true;
    if (lead != null) {
      lead.abandon();
    }
  }

  private synchronized void hold(CacheCall.Lead begun) {
    lead = begun;
    if (canceled) {
      begun.abandon();
    }
  }

  @Override
  public CacheCall begin() {
    return cache.begin(cacheable.prompt(), cacheable.settings(), COALESCING_GROUP);
  }

  @Override
  public CompletableFuture<Flux<ChatClientResponse>> lead(CacheCall.Lead begun) {
    hold(begun);
    StreamRecorder recorder = new StreamRecorder();
    Mono<ChatClientResponse> store =
        Mono.<ChatClientResponse>fromRunnable(
                () -> replies.complete(begun, recorder::response, cacheable, true))
            .subscribeOn(Schedulers.fromExecutor(CallDriver.executorOf(cache)));
    return CompletableFuture.completedFuture(
        Flux.defer(() -> chain.nextStream(request))
            .doOnNext(recorder::add)
            .doOnError(begun::fail)
            .concatWith(store));
  }

  @Override
  public CompletableFuture<Flux<ChatClientResponse>> bypass() {
    return CompletableFuture.completedFuture(Flux.defer(() -> chain.nextStream(request)));
  }

  /** Returns empty; only complete responses are shared. */
  @Override
  public Optional<CompletableFuture<Flux<ChatClientResponse>>> join(CacheCall.Shared shared) {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<Flux<ChatClientResponse>> answered(Answer answer) {
    return CompletableFuture.completedFuture(
        Flux.fromIterable(
            List.of(new ChatClientResponse(replies.response(answer, true), request.context()))));
  }
}
