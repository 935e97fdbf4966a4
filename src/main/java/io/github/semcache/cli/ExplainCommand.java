package io.github.semcache.cli;

import io.github.semcache.Explanation;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.InMemoryVectorStore;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code explain} command. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = "Shows the nearest entries of a prompt and why it is a hit or a miss.")
final class ExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PROMPT", description = "The prompt text.")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private String prompt;

  @Mixin private final ExistingStoreOptions store;

  @Mixin private final PolicyOptions policy = new PolicyOptions();

  @Option(
      names = "--scope",
      paramLabel = "PREFIX",
      defaultValue = "",
      description =
          "A prefix of the scope, as shown by ls. Not needed if the store has only one scope.")
  private String scopePrefix = "";

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      converter = NameAndValue.Converter.class,
      description = "A tag of the scope; replaces --scope.")
  private List<NameAndValue> tags = List.of();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "The system prompt of the scope; replaces --scope.")
  private @Nullable String system;

  @Option(
      names = "--setting",
      paramLabel = "NAME=VALUE",
      converter = NameAndValue.Converter.class,
      description =
          "A setting of the chat model in the scope, for example model=gpt-5; replaces --scope.")
  private List<NameAndValue> settings = List.of();

  @Option(
      names = "--candidates",
      paramLabel = "K",
      defaultValue = "10",
      description = "The maximum number of entries to show (default: ${DEFAULT-VALUE}).")
  private int candidates = 10;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ExplainCommand(CliEnvironment environment) {
    this.store = new ExistingStoreOptions(environment);
  }

  @Override
  public Integer call() {
    if (policy.learns()) {
      throw new ParameterException(
          spec.commandLine(),
          "--policy is '"
              + policy.name()
              + "'; explain needs a policy whose decisions do not depend on learned state");
    }
    if (policy.verifier().usesLabels()) {
      throw new ParameterException(
          spec.commandLine(), "--verifier is labels; explain has no labels");
    }
    Query query = query();
    ExplainOutput explanation =
        new ExplainOutput(
            query, policy.name(), store.with((embedder, opened) -> explain(embedder, opened)));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      explanation.printJson(out);
    } else {
      explanation.print(out);
    }
    return 0;
  }

  private Query query() {
    try {
      return Query.of(Prompt.of(prompt), Normalizer.nfc(), Map.of());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "PROMPT: " + e.getMessage(), e);
    }
  }

  private Explanation explain(OpenEmbedder embedder, Stores.OpenStore opened) {
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(embedder.embedder())
            .store(opened.store())
            .stateStore(InMemoryVectorStore.builder(opened.store().space()).build())
            .candidates(candidates)
            .failOnCacheErrors();
    policy.configure(builder);
    try (SemanticCache cache = builder.build()) {
      return cache.explain(Prompt.of(prompt).scope(scope(opened)));
    }
  }

  private Scope scope(Stores.OpenStore opened) {
    if (tags.isEmpty() && system == null && settings.isEmpty()) {
      return Scope.ofHash(ExistingStoreOptions.scope(opened.entries(listed -> true), scopePrefix));
    }
    Scope scope = Scope.of(NameAndValue.toMap(tags)).settings(NameAndValue.toMap(settings));
    return system == null ? scope : scope.system(system);
  }
}
