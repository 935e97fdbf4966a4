package io.github.semcache;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What an adapter does wherever its call comes to on its way through a cache; see {@link
 * AsyncCacheCall}.
 *
 * @param <R> what the call gives
 */
public interface CacheCaller<R> {

  /**
   * Begins the call, for example by {@link SemanticCache#begin}. May block.
   *
   * @return where it came to
   * @throws RuntimeException what the cache throws
   */
  CacheCall begin();

  /**
   * Asks the model, without holding the thread, and ends the lead whatever comes.
   *
   * @param lead the lead
   * @return a future of the model's answer
   */
  CompletableFuture<R> lead(CacheCall.Lead lead);

  /**
   * Asks the model, without holding the thread, for a call that passes the cache by.
   *
   * @return a future of the model's answer
   */
  CompletableFuture<R> passBy();

  /**
   * Takes part in what the leader shares.
   *
   * @param shared what it is
   * @return empty to wait for the leader's end
   */
  Optional<R> join(CacheCall.Shared shared);

  /**
   * Takes the answer.
   *
   * @param answer from the cache, or from the call that this one followed
   * @return what the call gives
   */
  R take(Answer answer);
}
