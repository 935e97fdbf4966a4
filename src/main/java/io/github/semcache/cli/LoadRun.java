package io.github.semcache.cli;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.DataRows;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One run of the {@code load} command. Rows are stored in chunks, each with one call of {@link
 * SemanticCache#putAll}. LoadRun is not thread-safe.
 */
final class LoadRun implements AutoCloseable {
  private static final int CHUNK = 1_024;
  private static final int MAX_LISTED = 1_000;

  /** Longer than in an application, because no request waits for the command line. */
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final Options options;
  private final CachingEmbedder embedder;
  private final SemanticCache cache;
  private final SemanticCache exactOnly;
  private final List<Map.Entry<Prompt, String>> chunk = new ArrayList<>(CHUNK);
  private final List<Rejection> rejections = new ArrayList<>();
  private long stored;
  private long present;
  private long rejected;

  LoadRun(Options options, CachingEmbedder embedder, VectorStore store) {
    this.options = options;
    this.embedder = embedder;
    this.cache =
        newBuilder(store)
            .embedder(embedder)
            .hitPolicy(HitPolicy.never())
            .verifier(PairVerifier.none())
            .build();
    this.exactOnly = newBuilder(store).exactOnly().build();
  }

  /**
   * The columns and options.
   *
   * @param prompt the column of the prompts
   * @param answer the column of the answers
   * @param tags the columns of the tags, by the name of the tag
   * @param labels the columns of the labels
   * @param dependencies the columns of the dependencies
   * @param scope the parts of the scope that all rows have
   * @param timeToLive the time to live; empty for the default of a cache
   * @param replacesPresent whether answers that are already stored are stored again
   * @param isCurated whether the answers are curated
   * @param includesVolatile whether prompts that a cache does not look up are stored
   * @param maxCharacters the maximum length of a prompt
   */
  record Options(
      String prompt,
      String answer,
      Map<String, String> tags,
      LabelColumns labels,
      List<String> dependencies,
      Scope scope,
      Optional<Duration> timeToLive,
      boolean replacesPresent,
      boolean isCurated,
      boolean includesVolatile,
      int maxCharacters) {

    /** Returns the columns that the file must have. */
    List<String> columns() {
      return Stream.of(requiredColumns(), dependencies.stream(), labels.columns())
          .flatMap(columns -> columns)
          .toList();
    }

    /** Returns the columns of which each row must have a value. */
    Stream<String> requiredColumns() {
      return Stream.concat(Stream.of(prompt, answer), tags.values().stream());
    }
  }

  /**
   * The columns of labels, by the name of the label. Rows without a value do not have the label.
   *
   * @param texts the columns of texts
   * @param numbers the columns of numbers
   */
  record LabelColumns(Map<String, String> texts, Map<String, String> numbers) {

    /**
     * Checks names.
     *
     * @throws IllegalArgumentException if an answer cannot have labels with these names
     */
    static void checkNames(Set<String> texts, Set<String> numbers) {
      Labels labels = Labels.none();
      for (String name : texts) {
        labels = labels.with(name, "");
      }
      for (String name : numbers) {
        labels = labels.with(name, 0);
      }
    }

    Stream<String> columns() {
      return Stream.concat(texts.values().stream(), numbers.values().stream());
    }

    /**
     * Returns the labels of a row.
     *
     * @throws IllegalArgumentException if a text is too long, or a number is not one
     */
    Labels of(DataRows.Row row) {
      Labels labels = Labels.none();
      for (Map.Entry<String, String> text : texts.entrySet()) {
        Optional<String> value = row.value(text.getValue());
        labels = value.isPresent() ? labels.with(text.getKey(), value.get()) : labels;
      }
      for (Map.Entry<String, String> number : numbers.entrySet()) {
        Optional<String> value = row.value(number.getValue());
        labels =
            value.isPresent()
                ? labels.with(number.getKey(), number(number.getValue(), value.get()))
                : labels;
      }
      return labels;
    }

    private static double number(String column, String value) {
      try {
        return Double.parseDouble(value);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("column '" + column + "' is not a number", e);
      }
    }
  }

  /**
   * A rejected row.
   *
   * @param line the line of the file, counted from 1
   * @param rule why it was rejected
   */
  record Rejection(long line, String rule) {}

  /**
   * The result of a run.
   *
   * @param stored the number of stored answers
   * @param present the number of answers that were already stored
   * @param rejected the number of rejected rows
   * @param evicted the number of entries that the store evicted to make room
   * @param rejections the first 1,000 rejected rows
   */
  record Result(
      long stored, long present, long rejected, long evicted, List<Rejection> rejections) {}

  private static SemanticCacheBuilder newBuilder(VectorStore store) {
    return SemanticCache.builder()
        .store(store)
        .stateStore(InMemoryVectorStore.builder(store.space()).build())
        .cacheability(CacheabilityPolicy.none())
        .deadline(DEADLINE)
        .failOnCacheErrors();
  }

  /**
   * Loads a file.
   *
   * @param progress receives the number of bytes that were read
   * @throws CommandException if the store or the embedder fails
   */
  Result load(Path file, DataFile.Format format, LongConsumer progress) {
    try {
      DataRows.read(file, format, new RowHandler(file, progress));
      flush();
    } catch (StoreException | EmbedderException e) {
      throw new CommandException(
          e.getMessage()
              + "; "
              + stored
              + " answers were stored; run the command again to load the rest",
          e);
    }
    return new Result(stored, present, rejected, cache.stats().evictions(), rejections);
  }

  /** Collects the valid rows of a file. */
  private final class RowHandler implements DataRows.Handler {
    private final Path file;
    private final LongConsumer progress;

    RowHandler(Path file, LongConsumer progress) {
      this.file = file;
      this.progress = progress;
    }

    @Override
    public void header(List<String> columns) {
      for (String column : options.columns()) {
        if (!columns.contains(column)) {
          throw new CommandException(
              file + " has no column '" + column + "'; its columns are " + columns, null);
        }
      }
    }

    @Override
    public void row(DataRows.Row row, long bytes) {
      add(row);
      if (chunk.size() == CHUNK) {
        flush();
        progress.accept(bytes);
      }
    }

    @Override
    public void invalid(long line, String problem) {
      reject(line, problem);
    }
  }

  private void reject(long line, String rule) {
    rejected++;
    if (rejections.size() < MAX_LISTED) {
      rejections.add(new Rejection(line, rule));
    }
  }

  private void add(DataRows.Row row) {
    Optional<String> rule = rejectionRule(row);
    if (rule.isPresent()) {
      reject(row.line(), rule.get());
    } else {
      chunk.add(Map.entry(prompt(row), row.value(options.answer()).orElseThrow()));
    }
  }

  /** Returns why a row cannot be loaded, or empty if it can be. */
  private Optional<String> rejectionRule(DataRows.Row row) {
    Optional<String> empty =
        options.requiredColumns().filter(column -> row.value(column).isEmpty()).findFirst();
    if (empty.isPresent()) {
      return Optional.of("column '" + empty.get() + "' is empty");
    }
    String text = row.value(options.prompt()).orElseThrow();
    if (Normalizer.nfc().normalize(text).isBlank()) {
      return Optional.of("column '" + options.prompt() + "' has only white space");
    }
    if (text.length() > options.maxCharacters()) {
      return Optional.of(
          "column '%s' has %d characters; the limit is %d"
              .formatted(options.prompt(), text.length(), options.maxCharacters()));
    }
    try {
      Labels unused = options.labels().of(row);
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    return options.includesVolatile()
        ? Optional.empty()
        : CacheabilityPolicy.english()
            .bypassReason(Prompt.of(text))
            .map(MissReason::code)
            .map(code -> "a cache does not look up the prompt (" + code + ")");
  }

  private Prompt prompt(DataRows.Row row) {
    Scope scope = options.scope();
    for (Map.Entry<String, String> tag : options.tags().entrySet()) {
      scope = scope.tag(tag.getKey(), row.value(tag.getValue()).orElseThrow());
    }
    for (String column : options.dependencies()) {
      Optional<String> dependency = row.value(column);
      if (dependency.isPresent()) {
        scope = scope.dependsOn(dependency.get());
      }
    }
    Prompt prompt =
        Prompt.of(row.value(options.prompt()).orElseThrow())
            .scope(scope)
            .labels(options.labels().of(row));
    Prompt marked = options.isCurated() ? prompt.curated() : prompt;
    return options.timeToLive().map(marked::timeToLive).orElse(marked);
  }

  private void flush() {
    List<Map.Entry<Prompt, String>> missing =
        options.replacesPresent() ? List.copyOf(chunk) : missing();
    present += chunk.size() - missing.size();
    chunk.clear();
    precompute(missing);
    long before = stored;
    cache.putAll(missing, count -> stored = before + count);
  }

  /** Returns the rows of the chunk whose answers are not stored, with one lookup. */
  private List<Map.Entry<Prompt, String>> missing() {
    List<Optional<Answer>> answers =
        exactOnly.lookupAll(chunk.stream().map(Map.Entry::getKey).toList());
    return IntStream.range(0, chunk.size())
        .filter(i -> !isPresent(chunk.get(i), answers.get(i)))
        .mapToObj(chunk::get)
        .toList();
  }

  /**
   * Returns whether the answer is stored with these labels and valid, with the mark if it is
   * curated.
   */
  private boolean isPresent(Map.Entry<Prompt, String> row, Optional<Answer> stored) {
    return stored
        .filter(answer -> answer.isCurated() || !options.isCurated())
        .filter(answer -> answer.text().equals(row.getValue()))
        .filter(answer -> answer.labels().equals(row.getKey().labels()))
        .isPresent();
  }

  /** Computes the embeddings on all processors; texts that the model cannot read have none. */
  private void precompute(List<Map.Entry<Prompt, String>> rows) {
    List<String> texts =
        rows.stream()
            .map(row -> Normalizer.nfc().normalize(row.getKey().text()))
            .filter(text -> embedder.coverage(text) == 1)
            .toList();
    embedder.precompute(texts, Runtime.getRuntime().availableProcessors(), done -> {});
  }

  @Override
  public void close() {
    cache.close();
    exactOnly.close();
  }
}
