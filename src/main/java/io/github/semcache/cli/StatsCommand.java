package io.github.semcache.cli;

import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code stats} command. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Counts the entries of a store, and the tokens, the time, and the cost of the model calls that"
          + " produced their answers. The averages per answer are what a hit saves.",
      "A store does not count hits and misses; the caches that use it do, so what they have saved is"
          + " in their statistics."
    })
final class StatsCommand implements Callable<Integer> {
  @Mixin private final ExistingStoreOptions store;
  @Mixin private final PriceOptions prices = new PriceOptions();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  StatsCommand(CliEnvironment environment) {
    this.store = new ExistingStoreOptions(environment);
  }

  @Override
  public Integer call() {
    StoredUsage usage = new StoredUsage(prices.prices());
    Map<String, @Nullable Object> stats =
        store.withoutEmbedder(
            (space, opened) -> {
              Map<String, @Nullable Object> counts = new LinkedHashMap<>();
              counts.put("store", store.name());
              counts.put("embeddingModel", space.modelId());
              counts.put("dimension", space.dimension());
              List<ListedEntry> entries = opened.entries(listed -> true);
              counts.putAll(count(entries));
              entries.forEach(listed -> usage.add(listed.entry()));
              counts.putAll(usage.toMap());
              return counts;
            });
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, stats);
    } else {
      stats.forEach(
          (name, value) ->
              out.printf(
                  "%-20s %s%n", name, value == null ? "-" : TerminalText.line(value.toString())));
      out.flush();
    }
    return 0;
  }

  private static Map<String, @Nullable Object> count(List<ListedEntry> entries) {
    Map<String, @Nullable Object> counts = new LinkedHashMap<>();
    counts.put("entries", entries.size());
    counts.put("scopes", entries.stream().map(listed -> listed.entry().scope()).distinct().count());
    counts.put(
        "expiring", entries.stream().filter(listed -> listed.expiresAt().isPresent()).count());
    List<Instant> created = entries.stream().map(listed -> listed.entry().createdAt()).toList();
    counts.put(
        "oldest",
        created.stream().min(Comparator.naturalOrder()).map(Instant::toString).orElse(null));
    counts.put(
        "latest",
        created.stream().max(Comparator.naturalOrder()).map(Instant::toString).orElse(null));
    counts.put(
        "promptCharacters",
        entries.stream().mapToLong(listed -> listed.entry().prompt().length()).sum());
    counts.put(
        "answerCharacters",
        entries.stream().mapToLong(listed -> listed.entry().answer().length()).sum());
    counts.put(
        "chatModels",
        entries.stream()
            .collect(
                Collectors.groupingBy(
                    listed -> listed.entry().attributes().getOrDefault("model", "unknown"),
                    TreeMap::new,
                    Collectors.counting())));
    return counts;
  }
}
