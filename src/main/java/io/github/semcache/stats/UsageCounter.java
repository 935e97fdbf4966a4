package io.github.semcache.stats;

import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.stats.CacheStats.ModelUsage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the model calls that were made, and those that hits replaced, by model and tag value. The
 * number of combinations is bounded; the others are counted together. Thread-safe.
 */
final class UsageCounter {
  private static final int MAX_ROWS = 200;
  private static final Key OTHER = new Key(ModelUsage.OTHER, ModelUsage.OTHER);

  private record Key(String model, String tag) {}

  private static final class Row {
    private final LongAdder calls = new LongAdder();
    private final LongAdder inputTokens = new LongAdder();
    private final LongAdder outputTokens = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder savedCalls = new LongAdder();
    private final LongAdder savedInputTokens = new LongAdder();
    private final LongAdder savedOutputTokens = new LongAdder();
    private final LongAdder savedNanos = new LongAdder();
  }

  private final Map<Key, Row> rows = new ConcurrentHashMap<>();

  void count(CacheEvent.ModelUsed event) {
    Row row = rowOf(new Key(event.model().orElse(ModelUsage.UNKNOWN), event.tag().orElse("")));
    long input = event.tokens().map(TokenUsage::inputTokens).orElse(0L);
    long output = event.tokens().map(TokenUsage::outputTokens).orElse(0L);
    long took = event.took().map(Duration::toNanos).orElse(0L);
    (event.saved() ? row.savedCalls : row.calls).increment();
    (event.saved() ? row.savedInputTokens : row.inputTokens).add(input);
    (event.saved() ? row.savedOutputTokens : row.outputTokens).add(output);
    (event.saved() ? row.savedNanos : row.nanos).add(took);
  }

  private Row rowOf(Key key) {
    Row row = rows.get(key);
    if (row != null) {
      return row;
    }
    // Concurrent additions may exceed the maximum by the number of threads.
    return rows.computeIfAbsent(rows.size() < MAX_ROWS ? key : OTHER, absent -> new Row());
  }

  List<ModelUsage> snapshot() {
    return rows.entrySet().stream()
        .map(entry -> snapshot(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparing(ModelUsage::model).thenComparing(ModelUsage::tag))
        .toList();
  }

  private static ModelUsage snapshot(Key key, Row row) {
    return new ModelUsage(
        key.model,
        key.tag,
        row.calls.sum(),
        row.inputTokens.sum(),
        row.outputTokens.sum(),
        Duration.ofNanos(row.nanos.sum()),
        row.savedCalls.sum(),
        row.savedInputTokens.sum(),
        row.savedOutputTokens.sum(),
        Duration.ofNanos(row.savedNanos.sum()));
  }
}
