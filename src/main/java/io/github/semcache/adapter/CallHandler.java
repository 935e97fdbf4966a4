package io.github.semcache.adapter;

import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import java.util.Optional;

/**
 * The steps of one client call that runs through a cache. {@link CallDriver} calls {@link #begin}
 * once and then the one step that matches the outcome.
 *
 * <p>For {@link CallDriver#run} the result type is the client's own result, and the steps may
 * block. For {@link CallDriver#runAsync} it is a {@link java.util.concurrent.CompletableFuture} of
 * that result; only {@link #begin} may block then.
 *
 * @param <R> the result of a step
 */
public interface CallHandler<R> {

  /**
   * Looks up the prompt, usually by {@link io.github.semcache.SemanticCache#begin}. May block.
   *
   * @return the state of the call
   * @throws RuntimeException if the lookup fails on a cache that fails on cache errors
   */
  CacheCall begin();

  /**
   * Calls the model and completes the lead, whatever the outcome.
   *
   * @param lead the lead, which other calls may be waiting for
   * @return the model's result
   */
  R lead(CacheCall.Lead lead);

  /**
   * Calls the model without the cache, because the cache was closed or its executor rejected the
   * call.
   *
   * @return the model's result
   */
  R bypass();

  /**
   * Joins a live object, such as a stream, that the leader shares before its answer is complete.
   *
   * @param shared the shared object
   * @return the result, or empty to wait until the leader completes
   */
  Optional<R> join(CacheCall.Shared shared);

  /**
   * Converts an answer.
   *
   * @param answer an answer from the cache, or from the call that this one waited for
   * @return the client's result
   */
  R answered(Answer answer);
}
