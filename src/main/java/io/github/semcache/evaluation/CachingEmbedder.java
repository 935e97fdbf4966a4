package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * An embedder that asks another one for each text only once, and may keep the embeddings in a file
 * for the next run. The file holds hashes of the texts, not the texts.
 *
 * <p>Safe for use by many threads. It holds all embeddings that were asked for in memory, so it is
 * made for evaluation and not for a service.
 */
public final class CachingEmbedder implements Embedder, AutoCloseable {
  private static final int BATCH = 64;

  private final Embedder embedder;
  private final Optional<EmbeddingFile> file;
  private final Map<String, Embedding> known = new ConcurrentHashMap<>();

  private CachingEmbedder(Embedder embedder, Optional<EmbeddingFile> file) {
    this.embedder = requireNonNull(embedder, "embedder");
    this.file = file;
  }

  /**
   * Remembers in memory only.
   *
   * @param embedder who is asked for what is not yet known
   * @return the embedder
   */
  public static CachingEmbedder inMemory(Embedder embedder) {
    return new CachingEmbedder(embedder, Optional.empty());
  }

  /**
   * Remembers in a file, which several processes may use at once. A file that was cut off while it
   * was written loses the embeddings that are not whole, and no others.
   *
   * @param directory where the file lies; it is created if need be. Each model has a file of its
   *     own
   * @param embedder who is asked for what is not yet known
   * @return the embedder
   * @throws DataFileException if the file there is something else
   * @throws java.io.UncheckedIOException if the file cannot be read and written
   */
  public static CachingEmbedder in(Path directory, Embedder embedder) {
    return new CachingEmbedder(
        embedder, Optional.of(EmbeddingFile.open(directory, EmbeddingSpace.of(embedder))));
  }

  /**
   * Makes sure that the embeddings of many texts are known.
   *
   * @param texts the texts; none of them blank
   * @param threads how many threads embed side by side, at least 1
   * @param progress is told how many of the different texts are known so far; called from one
   *     thread at a time
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails; what was embedded
   *     before is known
   */
  public void prepare(Collection<String> texts, int threads, IntConsumer progress) {
    List<String> distinct = List.copyOf(new LinkedHashSet<>(texts));
    List<String> missing = distinct.stream().filter(text -> recall(text).isEmpty()).toList();
    Progress known = new Progress(distinct.size() - missing.size(), progress);
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> batches = new ArrayList<>();
      for (int start = 0; start < missing.size(); start += BATCH) {
        List<String> batch = missing.subList(start, Math.min(start + BATCH, missing.size()));
        batches.add(
            workers.submit(
                () -> {
                  make(batch);
                  known.add(batch.size());
                }));
      }
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
    } finally {
      workers.shutdownNow();
    }
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    make(texts.stream().distinct().filter(text -> recall(text).isEmpty()).toList());
    return texts.stream().map(text -> requireNonNull(known.get(text), "embedding")).toList();
  }

  private Optional<Embedding> recall(String text) {
    Optional<Embedding> remembered = Optional.ofNullable(known.get(text));
    if (remembered.isPresent() || file.isEmpty()) {
      return remembered;
    }
    Optional<Embedding> kept = file.get().find(text);
    kept.ifPresent(embedding -> known.put(text, embedding));
    return kept;
  }

  private void make(List<String> texts) {
    if (texts.isEmpty()) {
      return;
    }
    List<Embedding> embeddings = embedder.embed(texts);
    Map<String, Embedding> made = new LinkedHashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      made.put(texts.get(i), embeddings.get(i));
    }
    file.ifPresent(target -> target.put(made));
    known.putAll(made);
  }

  @Override
  public String modelId() {
    return embedder.modelId();
  }

  @Override
  public int dimension() {
    return embedder.dimension();
  }

  /** Closes the file; the embedder that was given is left open. May be called twice. */
  @Override
  public void close() {
    file.ifPresent(EmbeddingFile::close);
  }

  private static final class Progress {
    private final IntConsumer listener;
    private int known;

    Progress(int known, IntConsumer listener) {
      this.known = known;
      this.listener = listener;
      listener.accept(known);
    }

    synchronized void add(int count) {
      known += count;
      listener.accept(known);
    }
  }
}
