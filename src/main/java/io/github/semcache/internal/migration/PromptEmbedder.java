package io.github.semcache.internal.migration;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.text.InvisibleCharacters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Embeds stored prompts in batches, with further attempts after failures. Thread-safe if the
 * embedder is.
 */
public final class PromptEmbedder {
  private static final int MAX_ATTEMPTS = 3;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Embedder embedder;
  private final EmbeddingSpace space;

  /**
   * Creates the embedder of stored prompts.
   *
   * @param embedder the embedder
   */
  public PromptEmbedder(Embedder embedder) {
    this.embedder = embedder;
    this.space = EmbeddingSpace.of(embedder);
  }

  /**
   * Embeds prompts. Makes up to three attempts, with pauses of one and two seconds.
   *
   * @param prompts the prompts
   * @param canceled ends the pauses when it is released
   * @return the embeddings by prompt, without prompts that the embedder rejects or cannot read
   * @throws EmbedderException if the last attempt fails
   */
  public Map<String, Embedding> embed(List<String> prompts, CountDownLatch canceled) {
    List<String> readable =
        prompts.stream()
            .distinct()
            .filter(prompt -> !InvisibleCharacters.in(prompt))
            .filter(prompt -> embedder.coverage(prompt) >= Embedder.MIN_COVERAGE)
            .toList();
    if (readable.isEmpty()) {
      return Map.of();
    }
    long pause = FIRST_PAUSE_NANOS;
    for (int attempt = 1; ; attempt++) {
      try {
        return embedOrSplit(readable);
      } catch (EmbedderException e) {
        if (attempt == MAX_ATTEMPTS || await(canceled, pause)) {
          throw e;
        }
        pause *= 2;
      }
    }
  }

  /** Embeds prompts with one call, or each on its own if the embedder rejects one of them. */
  private Map<String, Embedding> embedOrSplit(List<String> prompts) {
    Map<String, Embedding> byPrompt = new HashMap<>();
    try {
      List<Embedding> embeddings = embed(prompts);
      for (int i = 0; i < prompts.size(); i++) {
        byPrompt.put(prompts.get(i), embeddings.get(i));
      }
    } catch (EmbedderException.RejectedText rejected) {
      if (prompts.size() > 1) {
        prompts.forEach(prompt -> byPrompt.putAll(embedOrSplit(List.of(prompt))));
      }
    }
    return byPrompt;
  }

  private List<Embedding> embed(List<String> prompts) {
    try {
      return space.checkResult(embedder.embed(prompts), prompts.size());
    } catch (EmbedderException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new EmbedderException("the embedder failed", e);
    }
  }

  /**
   * Waits for a time, or until a latch is released or the thread is interrupted, whose interrupt
   * flag remains set.
   *
   * @param canceled the latch
   * @param nanos the time; none if it is not positive
   * @return whether the wait ended early
   */
  public static boolean await(CountDownLatch canceled, long nanos) {
    try {
      return canceled.await(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
