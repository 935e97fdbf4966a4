package io.github.semcache.migration;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.migration.EntryCopier;
import io.github.semcache.internal.migration.EntryCopier.Outcome;
import io.github.semcache.internal.migration.MigrationState;
import io.github.semcache.internal.migration.PromptEmbedder;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Copies the entries of a store to another one, for example to a store of another embedding model.
 * The prompts are embedded again. Answers, attributes, tags, dependencies, and remaining times to
 * live do not change. The old store is only read, so that instances of the old version can continue
 * to use it:
 *
 * <pre>{@code
 * StoreMigration migration =
 *     StoreMigration.builder(oldStore, newStore, newEmbedder).promptsPerSecond(50).build();
 * StoreMigration.Result result = migration.run();
 * }</pre>
 *
 * <p><b>Resumption.</b> An entry is skipped if the new store has an entry with its key that is not
 * older, or that is {@linkplain io.github.semcache.prompt.Prompt#curated() curated} while the old
 * one is not. A migration that was interrupted, also by the end of the process, therefore continues
 * when it is run again. It may run in several processes at the same time.
 *
 * <p><b>Completion.</b> The old store is listed until a listing has no entry to copy, at most three
 * times. Then copies are removed whose original does not exist any more, because an instance of the
 * old version has removed it, and the completion is recorded in the new store. From then on, caches
 * with a {@linkplain io.github.semcache.SemanticCacheBuilder#previousStore previous store} make no
 * searches in the old one.
 *
 * <p><b>Changes.</b> What is removed or invalidated during the migration through a cache with the
 * old store as its previous store does not come back.
 *
 * <p>Thread-safe. A migration is run once.
 */
public final class StoreMigration {
  private static final int MAX_LISTINGS = 3;

  private final VectorStore from;
  private final Listable listing;
  private final VectorStore to;
  private final EntryCopier copier;
  private final PromptEmbedder embedder;
  private final double promptsPerSecond;
  private final int batchSize;
  private final boolean dryRun;
  private final Consumer<Result> progress;
  private final InstantSource time;
  private final CountDownLatch canceled = new CountDownLatch(1);
  private final Counts counts = new Counts();

  private StoreMigration(Builder builder) {
    this.from = builder.from;
    this.listing = builder.listing;
    this.to = builder.to;
    this.copier = new EntryCopier(builder.from, builder.listing, builder.to, builder.time);
    this.embedder = new PromptEmbedder(builder.embedder);
    this.promptsPerSecond = builder.promptsPerSecond;
    this.batchSize = builder.batchSize;
    this.dryRun = builder.dryRun;
    this.progress = builder.progress;
    this.time = builder.time;
  }

  /**
   * Returns a builder.
   *
   * @param from the old store, of any embedding model, which must implement {@link
   *     VectorStore.Listable}
   * @param to the new store
   * @param embedder the embedder of the new store
   * @return a builder
   * @throws IllegalArgumentException if the old store cannot list its entries, if the stores are
   *     the same, or if the new store holds embeddings of another model or dimension than those of
   *     the embedder
   */
  public static Builder builder(VectorStore from, VectorStore to, Embedder embedder) {
    return new Builder(from, to, embedder);
  }

  /**
   * The counts of a migration.
   *
   * @param total the number of entries of the old store when the migration began
   * @param copied the number of entries that were copied, or would be in a dry run
   * @param present the number of entries that the new store had already
   * @param expired the number of entries that were not copied because they expired, were removed,
   *     or depend on something that has changed
   * @param failed the number of entries that cannot be copied: they are corrupt, their prompt is
   *     not readable, for example because it is encrypted, or the old store does not know their
   *     terms, without which they could not be invalidated by tag
   * @param removed the number of copies that were removed because their original does not exist any
   *     more
   * @param isComplete whether the migration is complete; false while it is running
   */
  public record Result(
      long total,
      long copied,
      long present,
      long expired,
      long failed,
      long removed,
      boolean isComplete) {

    /**
     * Returns the number of entries that have been processed.
     *
     * @return the sum of the counts, without removed copies
     */
    public long processed() {
      return copied + present + expired + failed;
    }
  }

  /** The counts of the first listing, and the number of entries that later listings copied. */
  private static final class Counts {
    private long total;
    private long copied;
    private long present;
    private long expired;
    private long failed;
    private long removed;

    Result toResult(boolean isComplete) {
      return new Result(total, copied, present, expired, failed, removed, isComplete);
    }
  }

  /**
   * Ends the migration after the current batch. Does not block. What was copied remains, and
   * another migration continues. A canceled migration is not complete.
   */
  public void cancel() {
    canceled.countDown();
  }

  private boolean isCanceled() {
    return canceled.getCount() == 0 || Thread.currentThread().isInterrupted();
  }

  /**
   * Runs the migration on another thread; see {@link #run}.
   *
   * @param executor the executor
   * @return the result. Canceling the future does not end the migration; {@link #cancel} does
   */
  public CompletableFuture<Result> start(Executor executor) {
    return CompletableFuture.supplyAsync(this::run, executor);
  }

  /**
   * Runs the migration on this thread. Blocks until it is complete or {@linkplain #cancel
   * canceled}, or until the thread is interrupted, whose interrupt flag remains set. A batch that
   * fails because of the embedder is repeated twice.
   *
   * @return the counts
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails repeatedly; run
   *     another migration to continue
   * @throws io.github.semcache.store.StoreException if a store fails; run another migration to
   *     continue
   */
  public Result run() {
    counts.total = from.count(new EntrySelector.All());
    boolean wasComplete = isRecorded();
    long seen = 0;
    for (int i = 0; i < MAX_LISTINGS && !isCanceled(); i++) {
      long before = counts.copied;
      seen = copyAll(i == 0);
      if (counts.copied == before || dryRun) {
        break;
      }
    }
    if (dryRun || isCanceled()) {
      return counts.toResult(false);
    }
    // An empty old store says nothing about removed entries: it may have been dropped.
    if (!wasComplete && seen > 0) {
      removeOrphans();
    }
    if (isCanceled()) {
      return counts.toResult(false);
    }
    if (to instanceof StateStore states) {
      MigrationState.complete(states, from.space(), time.instant());
    }
    Result result = counts.toResult(true);
    progress.accept(result);
    return result;
  }

  private boolean isRecorded() {
    return to instanceof StateStore states && MigrationState.isComplete(states, from.space());
  }

  /** Copies the entries of one listing, and returns their number. */
  private long copyAll(boolean isFirst) {
    long seen = 0;
    try (Stream<ListedEntry> entries = listing.entries()) {
      Iterator<ListedEntry> iterator = entries.iterator();
      List<ListedEntry> batch = new ArrayList<>(batchSize);
      while (iterator.hasNext() && !isCanceled()) {
        batch.add(iterator.next());
        seen++;
        if (batch.size() == batchSize || !iterator.hasNext()) {
          copy(batch, isFirst);
          batch.clear();
          progress.accept(counts.toResult(false));
        }
      }
    }
    return seen;
  }

  private void copy(List<ListedEntry> batch, boolean isFirst) {
    Map<String, CacheEntry> existing =
        to.findAll(batch.stream().map(listed -> listed.entry().key()).collect(Collectors.toSet()))
            .entries();
    List<ListedEntry> missing = new ArrayList<>();
    for (ListedEntry original : batch) {
      Optional<CacheEntry> copy = existing(existing, original);
      Outcome outcome = copier.check(original, copy);
      if (outcome == Outcome.MISSING) {
        missing.add(original);
      } else if (isFirst) {
        count(outcome);
      }
      if (outcome == Outcome.PRESENT && !dryRun) {
        copy.ifPresent(entry -> copier.addReports(original.entry(), entry));
      }
    }
    Set<String> invalidated = copier.invalidated(missing);
    missing.removeIf(original -> invalidated.contains(original.entry().key()));
    if (isFirst) {
      counts.expired += invalidated.size();
    }
    if (dryRun) {
      counts.copied += missing.size();
    } else if (!missing.isEmpty()) {
      copyMissing(missing, existing, isFirst);
    }
  }

  private void copyMissing(
      List<ListedEntry> missing, Map<String, CacheEntry> existing, boolean isFirst) {
    long start = System.nanoTime();
    Map<String, Embedding> embeddings =
        embedder.embed(missing.stream().map(listed -> listed.entry().prompt()).toList(), canceled);
    for (ListedEntry original : missing) {
      Optional<Embedding> embedding =
          Optional.ofNullable(embeddings.get(original.entry().prompt()));
      Outcome outcome = copier.copy(original, existing(existing, original), embedding);
      if (isFirst || outcome == Outcome.COPIED) {
        count(outcome);
      }
    }
    pause(missing.size(), start);
  }

  private static Optional<CacheEntry> existing(
      Map<String, CacheEntry> existing, ListedEntry original) {
    return Optional.ofNullable(existing.get(original.entry().key()));
  }

  private void count(Outcome outcome) {
    switch (outcome) {
      case COPIED -> counts.copied++;
      case PRESENT -> counts.present++;
      case OUTDATED -> counts.expired++;
      default -> counts.failed++;
    }
  }

  /** Waits until the rate of the prompts of a batch is at most the limit. */
  private void pause(int prompts, long startNanos) {
    if (Double.isInfinite(promptsPerSecond)) {
      return;
    }
    long due = (long) (prompts / promptsPerSecond * TimeUnit.SECONDS.toNanos(1));
    PromptEmbedder.await(canceled, due - (System.nanoTime() - startNanos));
  }

  private void removeOrphans() {
    if (!(to instanceof Listable copies)) {
      return;
    }
    try (Stream<ListedEntry> entries = copies.entries()) {
      Iterator<ListedEntry> iterator = entries.iterator();
      List<CacheEntry> batch = new ArrayList<>(batchSize);
      while (iterator.hasNext() && !isCanceled()) {
        batch.add(iterator.next().entry());
        if (batch.size() == batchSize || !iterator.hasNext()) {
          counts.removed += copier.removeOrphans(batch);
          batch.clear();
        }
      }
    }
  }

  /** Builds a {@link StoreMigration}. Not thread-safe. */
  public static final class Builder {
    private static final int MAX_BATCH_SIZE = 2_048;

    private final VectorStore from;
    private final Listable listing;
    private final VectorStore to;
    private final Embedder embedder;
    private double promptsPerSecond = Double.POSITIVE_INFINITY;
    private int batchSize = 64;
    private boolean dryRun;
    private Consumer<Result> progress = result -> {};
    private InstantSource time = InstantSource.system();

    private Builder(VectorStore from, VectorStore to, Embedder embedder) {
      this.from = requireNonNull(from, "from");
      if (!(from instanceof Listable listable)) {
        throw new IllegalArgumentException(
            "from is a " + from.getClass().getName() + "; it must implement VectorStore.Listable");
      }
      this.listing = listable;
      this.to = requireNonNull(to, "to");
      this.embedder = requireNonNull(embedder, "embedder");
      if (from == to) {
        throw new IllegalArgumentException("from and to are the same store; they must differ");
      }
      EmbeddingSpace space = EmbeddingSpace.of(embedder);
      if (!to.space().equals(space)) {
        throw new IllegalArgumentException(
            "to holds embeddings of " + to.space() + "; the embedder returns those of " + space);
      }
    }

    /**
     * Limits the rate at which prompts are embedded, because the embedding model is shared with
     * requests.
     *
     * @param promptsPerSecond the maximum average number of prompts per second, above 0; no limit
     *     by default
     * @return this builder
     * @throws IllegalArgumentException if the number is not above 0
     */
    public Builder promptsPerSecond(double promptsPerSecond) {
      if (!(promptsPerSecond > 0)) {
        throw new IllegalArgumentException(
            "promptsPerSecond is " + promptsPerSecond + "; it must be above 0");
      }
      this.promptsPerSecond = promptsPerSecond;
      return this;
    }

    /**
     * Sets the number of prompts that are embedded with one call of the embedder.
     *
     * @param batchSize the number of prompts, 1 to 2,048; 64 by default
     * @return this builder
     * @throws IllegalArgumentException if the number is out of range
     */
    public Builder batchSize(int batchSize) {
      if (batchSize < 1 || batchSize > MAX_BATCH_SIZE) {
        throw new IllegalArgumentException(
            "batchSize is " + batchSize + "; it must be between 1 and " + MAX_BATCH_SIZE);
      }
      this.batchSize = batchSize;
      return this;
    }

    /**
     * Only counts: nothing is embedded and nothing is written.
     *
     * @return this builder
     */
    public Builder dryRun() {
      this.dryRun = true;
      return this;
    }

    /**
     * Sets a listener of the progress.
     *
     * @param progress receives the counts after each batch, on the thread of the migration. If it
     *     throws, the migration ends with its exception
     * @return this builder
     */
    public Builder onProgress(Consumer<Result> progress) {
      this.progress = requireNonNull(progress, "progress");
      return this;
    }

    /**
     * Sets the clock for the expiry of entries.
     *
     * @param time the clock; the system clock by default
     * @return this builder
     */
    public Builder timeSource(InstantSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Builds the migration. Does not use the stores.
     *
     * @return a migration that has not begun
     */
    public StoreMigration build() {
      return new StoreMigration(this);
    }
  }
}
