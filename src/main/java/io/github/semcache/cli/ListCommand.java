package io.github.semcache.cli;

import io.github.semcache.prompt.Labels;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code ls} command. */
@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = "Lists the entries of a store, newest first.")
final class ListCommand implements Callable<Integer> {
  private static final int KEY_LENGTH = 12;
  private static final int SCOPE_LENGTH = 8;
  private static final int PROMPT_LENGTH = 72;

  @Mixin private final ExistingStoreOptions store;
  @Mixin private final LabelOptions labels = new LabelOptions();

  @Option(
      names = "--scope",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "List only entries whose scope starts with PREFIX.")
  private String scope = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "The maximum number of entries to list (default: ${DEFAULT-VALUE}).")
  private int limit = 50;

  @Option(names = "--json", description = "Print JSON with complete prompts and answers.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ListCommand(CliEnvironment environment) {
    this.store = new ExistingStoreOptions(environment);
  }

  @Override
  public Integer call() {
    Optional<Labels.Filter> filter = labels.filter();
    List<ListedEntry> entries =
        store.withoutEmbedder(
            (space, opened) ->
                opened.entries(listed -> isSelected(listed.entry(), filter)).stream()
                    .sorted(Comparator.comparing(ListCommand::createdAt).reversed())
                    .toList());
    PrintWriter out = spec.commandLine().getOut();
    List<ListedEntry> shown = entries.stream().limit(limit).toList();
    if (json) {
      JsonOutput.print(out, shown.stream().map(ListCommand::json).toList());
      return 0;
    }
    shown.forEach(listed -> out.println(line(listed)));
    if (shown.size() < entries.size()) {
      out.printf("... and %d more (see --limit)%n", entries.size() - shown.size());
    }
    out.flush();
    return 0;
  }

  private boolean isSelected(CacheEntry entry, Optional<Labels.Filter> filter) {
    return entry.scope().startsWith(scope)
        && (filter.isEmpty() || filter.get().matches(entry.labels()));
  }

  private static Instant createdAt(ListedEntry listed) {
    return listed.entry().createdAt();
  }

  private static String line(ListedEntry listed) {
    CacheEntry entry = listed.entry();
    return "%s  scope %s  created %s  expires %s  %s%s"
        .formatted(
            prefix(entry.key(), KEY_LENGTH),
            prefix(entry.scope(), SCOPE_LENGTH),
            entry.createdAt(),
            listed.expiresAt().map(Instant::toString).orElse("never"),
            abbreviated(entry.prompt()),
            text(entry.labels()));
  }

  private static String text(Labels labels) {
    return labels.values().entrySet().stream()
        .map(label -> TerminalText.line("  " + label.getKey() + "=" + label.getValue()))
        .collect(Collectors.joining());
  }

  private static String prefix(String text, int length) {
    String line = TerminalText.line(text);
    return line.substring(0, Math.min(length, line.length()));
  }

  private static String abbreviated(String text) {
    String line = TerminalText.line(text);
    return line.length() <= PROMPT_LENGTH ? line : prefix(line, PROMPT_LENGTH - 3) + "...";
  }

  private static Map<String, @Nullable Object> json(ListedEntry listed) {
    CacheEntry entry = listed.entry();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("key", entry.key());
    json.put("scope", entry.scope());
    json.put("prompt", entry.prompt());
    json.put("answer", entry.answer());
    json.put("attributes", entry.attributes());
    json.put("labels", entry.labels().values());
    json.put("createdAt", entry.createdAt().toString());
    json.put("expiresAt", listed.expiresAt().map(Instant::toString).orElse(null));
    return json;
  }
}
