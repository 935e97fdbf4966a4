package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingScale;
import io.github.semcache.guard.Guards;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.guard.RejectionReason;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.ScaledPolicy;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.Match;
import io.github.semcache.store.NearestQuery;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code explain PROMPT}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = "Why would this prompt hit, or miss? Shows the nearest entries of a store.")
final class ExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PROMPT", description = "What would be asked.")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private String prompt;

  @Mixin private final RunningStoreOptions store;

  @Mixin private final PolicyOptions policy = new PolicyOptions();

  @Option(
      names = "--scope",
      paramLabel = "DIGITS",
      defaultValue = "",
      description = "The scope that begins so (see ls); not needed if the store holds only one.")
  private String scopePrefix = "";

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      description = "A tag of the prompt's scope, in place of --scope.")
  private Map<String, String> tags = Map.of();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "The system text of the prompt's scope, in place of --scope.")
  private @Nullable String system;

  @Option(
      names = "--setting",
      paramLabel = "NAME=VALUE",
      description = "A setting of the chat model, for example model=gpt-5, in place of --scope.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--candidates",
      paramLabel = "K",
      defaultValue = "10",
      description = "How many entries to show (default: ${DEFAULT-VALUE}).")
  private int candidates = 10;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ExplainCommand(CliEnvironment surroundings) {
    this.store = new RunningStoreOptions(surroundings);
  }

  @Override
  public Integer call() {
    if (policy.learns()) {
      throw new ParameterException(
          spec.commandLine(),
          policy.name() + " decides by what a cache has learned, of which explain knows nothing");
    }
    Query query = query();
    Explained explained =
        store.with(
            (embedder, opened) ->
                new Explained(
                    query, nearest(query, embedder, opened), policy(embedder.remembered())));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      printJson(out, explained);
    } else {
      print(out, explained);
    }
    return 0;
  }

  private Query query() {
    try {
      return Query.of(Prompt.of(prompt), Normalizer.whitespace(), Map.of());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "PROMPT: " + e.getMessage(), e);
    }
  }

  private List<Match> nearest(Query query, OpenEmbedder embedder, Stores.Opened opened) {
    Embedding embedding = embedder.remembered().embed(List.of(query.text())).get(0);
    return opened
        .store()
        .nearest(new NearestQuery(embedding, scope(opened), candidates, Optional.empty()))
        .matches();
  }

  private String scope(Stores.Opened opened) {
    if (tags.isEmpty() && system == null && settings.isEmpty()) {
      return RunningStoreOptions.scope(opened.entries(listed -> true), scopePrefix);
    }
    Scope scope = Scope.of(tags).settings(settings);
    return (system == null ? scope : scope.system(system)).hash();
  }

  private HitPolicy policy(Embedder embedder) {
    HitPolicy hitPolicy = policy.hitPolicy();
    return hitPolicy instanceof ScaledPolicy scaled
        ? scaled.scaledBy(() -> Optional.of(EmbeddingScale.of(embedder)))
        : hitPolicy;
  }

  /**
   * A prompt beside its nearest entries.
   *
   * @param query what would be asked
   * @param matches the nearest entries
   * @param policy what decides
   */
  private record Explained(Query query, List<Match> matches, HitPolicy policy) {
    boolean exact() {
      return matches.stream().anyMatch(match -> match.entry().prompt().equals(query.text()));
    }

    String decision() {
      return text(policy.decide(query, matches));
    }

    String alone(Match match) {
      return text(policy.decide(query, List.of(match)));
    }

    List<String> rejections(Match match) {
      return Guards.english()
          .rejections(PromptPair.of(query.text(), match.entry().prompt()))
          .stream()
          .map(RejectionReason::code)
          .toList();
    }

    private static String text(Decision decision) {
      return decision instanceof Decision.Miss miss ? "miss, " + miss.reason() : "hit";
    }
  }

  private void print(PrintWriter out, Explained explained) {
    out.println(explained.exact() ? "exact: an entry has this very prompt" : "exact: no");
    out.printf("%s: %s%n", policy.name(), explained.decision());
    for (Match match : explained.matches()) {
      List<String> rejections = explained.rejections(match);
      out.printf(
          Locale.ROOT,
          "%n%.4f  %s%n        %s%s%n        %s%n",
          match.distance(),
          match.entry().prompt(),
          "alone: " + explained.alone(match),
          rejections.isEmpty() ? "" : "; guards reject: " + String.join(", ", rejections),
          "key " + match.entry().key().substring(0, Math.min(12, match.entry().key().length())));
    }
    if (explained.matches().isEmpty()) {
      out.println("the scope has no entries");
    }
    out.flush();
  }

  private void printJson(PrintWriter out, Explained explained) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("exact", explained.exact());
    json.put("policy", policy.name());
    json.put("decision", explained.decision());
    json.put(
        "candidates", explained.matches().stream().map(match -> json(explained, match)).toList());
    JsonOutput.print(out, json);
  }

  private static Map<String, Object> json(Explained explained, Match match) {
    Map<String, Object> candidate = new LinkedHashMap<>();
    candidate.put("distance", match.distance());
    candidate.put("prompt", match.entry().prompt());
    candidate.put("key", match.entry().key());
    candidate.put("decision", explained.alone(match));
    candidate.put("rejections", explained.rejections(match));
    return candidate;
  }
}
