package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * An embedder that computes the embedding of each text once, with another embedder, and caches it
 * in memory and optionally on disk.
 *
 * <p>CachingEmbedder is thread-safe. The memory cache is unbounded, so this class is meant for
 * evaluation and not for a service.
 */
public final class CachingEmbedder implements Embedder {
  private static final int BATCH_SIZE = 64;

  private final Embedder delegate;
  private final Optional<EmbeddingDirectory> directory;
  private final Map<String, Embedding> cached = new ConcurrentHashMap<>();

  private CachingEmbedder(Embedder delegate, Optional<EmbeddingDirectory> directory) {
    this.delegate = requireNonNull(delegate, "embedder");
    this.directory = directory;
  }

  /**
   * Returns an embedder that caches only in memory.
   *
   * @param embedder computes the embeddings that are not cached
   * @return a caching embedder
   */
  public static CachingEmbedder inMemory(Embedder embedder) {
    return new CachingEmbedder(embedder, Optional.empty());
  }

  /**
   * Returns an embedder that also caches on disk, for later runs and other processes. Several
   * processes may use the same directory at the same time. The files are named by hashes of the
   * texts and do not contain the texts. A damaged file is ignored and its embedding computed again.
   *
   * @param directory the parent directory of the files; created if it does not exist. Each model
   *     has its own subdirectory
   * @param embedder computes the embeddings that are not cached
   * @return a caching embedder, which throws {@link java.io.UncheckedIOException} if a file cannot
   *     be read or written
   * @throws java.io.UncheckedIOException if the directory cannot be created
   */
  public static CachingEmbedder onDisk(Path directory, Embedder embedder) {
    return new CachingEmbedder(
        embedder, Optional.of(EmbeddingDirectory.open(directory, EmbeddingSpace.of(embedder))));
  }

  /**
   * Computes and caches the embeddings of many texts in parallel. Blocks until all of them are
   * cached.
   *
   * @param texts the texts, none of them blank; duplicates are computed once
   * @param threads the number of threads that call the embedder, at least 1
   * @param progress receives the number of distinct texts that are cached so far; called by one
   *     thread at a time
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails; the embeddings
   *     computed until then are cached
   * @throws CancellationException if the calling thread is interrupted
   */
  public void precompute(Collection<String> texts, int threads, IntConsumer progress) {
    List<String> distinct = List.copyOf(new LinkedHashSet<>(texts));
    List<String> missing = missing(distinct);
    Progress done = new Progress(distinct.size() - missing.size(), progress);
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> batches = new ArrayList<>();
      for (int start = 0; start < missing.size(); start += BATCH_SIZE) {
        List<String> batch = missing.subList(start, Math.min(start + BATCH_SIZE, missing.size()));
        batches.add(
            workers.submit(
                () -> {
                  compute(batch);
                  done.add(batch.size());
                }));
      }
      await(batches);
    } finally {
      workers.shutdownNow();
    }
  }

  private static void await(List<Future<?>> batches) {
    try {
      for (Future<?> batch : batches) {
        batch.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while embedding");
    }
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    compute(missing(texts.stream().distinct().toList()));
    return texts.stream().map(text -> requireNonNull(cached.get(text), "embedding")).toList();
  }

  /** Returns the texts that are cached neither in memory nor on disk. */
  private List<String> missing(List<String> texts) {
    return texts.stream().filter(text -> find(text).isEmpty()).toList();
  }

  private Optional<Embedding> find(String text) {
    Optional<Embedding> inMemory = Optional.ofNullable(cached.get(text));
    if (inMemory.isPresent()) {
      return inMemory;
    }
    Optional<Embedding> onDisk = directory.flatMap(files -> files.find(text));
    onDisk.ifPresent(embedding -> cached.put(text, embedding));
    return onDisk;
  }

  private void compute(List<String> texts) {
    if (texts.isEmpty()) {
      return;
    }
    List<Embedding> embeddings = delegate.embed(texts);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      Embedding embedding = embeddings.get(i);
      directory.ifPresent(files -> files.put(text, embedding));
      cached.put(text, embedding);
    }
  }

  @Override
  public String modelId() {
    return delegate.modelId();
  }

  @Override
  public int dimension() {
    return delegate.dimension();
  }

  @Override
  public double coverage(String text) {
    return delegate.coverage(text);
  }

  @Override
  public OptionalDouble maxDistance() {
    return delegate.maxDistance();
  }

  /** Counts cached texts and notifies a listener of each new count, one call at a time. */
  private static final class Progress {
    private final IntConsumer listener;
    private int count;

    Progress(int count, IntConsumer listener) {
      this.count = count;
      this.listener = listener;
      listener.accept(count);
    }

    synchronized void add(int newTexts) {
      count += newTexts;
      listener.accept(count);
    }
  }
}
