package io.github.semcache.cli;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.openai.OpenAiConnection;
import io.github.semcache.openai.OpenAiEmbedder;
import io.github.semcache.prompt.Normalizer;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who makes the embeddings. */
final class EmbedderOptions {
  private static final String OPENAI = "openai";

  private final CliEnvironment surroundings;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--embedder",
      paramLabel = "MODEL",
      defaultValue = "minilm",
      description = {
        "minilm: the local all-MiniLM-L6-v2, no network needed (default).",
        "openai[:NAME]: OpenAI's model of that name, by default text-embedding-3-small, or that of"
            + " a compatible service at --base-url."
      })
  private String model = "minilm";

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "Where a service compatible with OpenAI's answers (default: $OPENAI_BASE_URL).")
  private @Nullable URI baseUrl;

  @Option(
      names = "--api-key-variable",
      paramLabel = "NAME",
      defaultValue = "OPENAI_API_KEY",
      description = "The environment variable that holds the key (default: ${DEFAULT-VALUE}).")
  private String keyVariable = "OPENAI_API_KEY";

  @Option(
      names = "--dimension",
      paramLabel = "N",
      description = "How many components the service's vectors have, for models not known here.")
  private @Nullable Integer dimension;

  @Option(
      names = "--embeddings",
      paramLabel = "DIRECTORY",
      description = {
        "Where embeddings are kept between runs (default: ~/.cache/semcache). Hashes of the"
            + " prompts are kept with them, not the prompts."
      })
  private @Nullable Path directory;

  @Option(names = "--no-embeddings", description = "Keep no embeddings between runs.")
  private boolean forgets;

  EmbedderOptions(CliEnvironment surroundings) {
    this.surroundings = surroundings;
  }

  /** An embedder that knows the embeddings of these texts; to be closed. */
  OpenEmbedder open(Collection<String> texts, PrintWriter err) {
    OpenEmbedder embedder = open();
    List<String> normalized = texts.stream().map(Normalizer.whitespace()::normalize).toList();
    int distinct = (int) normalized.stream().distinct().count();
    int threads = Runtime.getRuntime().availableProcessors();
    try (ProgressBar progress = surroundings.progressBar(err, "embedding", distinct)) {
      embedder.remembered().prepare(normalized, threads, progress);
      return embedder;
    } catch (RuntimeException e) {
      embedder.close();
      throw e;
    }
  }

  /** An embedder; to be closed. */
  OpenEmbedder open() {
    if (model.equals("minilm")) {
      return new OpenEmbedder(remembering(surroundings.localModel().get()), () -> {});
    }
    if (model.equals(OPENAI) || model.startsWith(OPENAI + ":")) {
      return openAi();
    }
    throw new ParameterException(
        spec.commandLine(), "--embedder is '" + model + "'; it must be minilm or openai[:NAME]");
  }

  private OpenEmbedder openAi() {
    Optional<URI> url =
        Optional.ofNullable(baseUrl)
            .or(() -> surroundings.variable("OPENAI_BASE_URL").map(URI::create));
    String key =
        surroundings
            .variable(keyVariable)
            .or(() -> url.map(compatible -> "none"))
            .orElseThrow(
                () ->
                    new CommandException(
                        "the environment variable "
                            + keyVariable
                            + " is not set; it must hold the"
                            + " service's key",
                        null));
    OpenAiConnection connection = OpenAiConnection.open(key, url);
    try {
      OpenAiEmbedder.Builder builder = connection.embedder();
      if (model.length() > OPENAI.length()) {
        builder.model(model.substring(OPENAI.length() + 1));
      }
      if (dimension != null) {
        builder.modelDimension(dimension);
      }
      return new OpenEmbedder(remembering(builder.build()), connection::close);
    } catch (IllegalArgumentException e) {
      connection.close();
      throw new CommandException("--embedder or --dimension: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private CachingEmbedder remembering(Embedder embedder) {
    if (forgets) {
      return CachingEmbedder.inMemory(embedder);
    }
    return CachingEmbedder.onDisk(
        directory == null ? surroundings.cacheDirectory() : directory, embedder);
  }

  /**
   * An embedder and what must be closed after it.
   *
   * @param remembered the embedder
   * @param connection what it needs
   */
  record OpenEmbedder(CachingEmbedder remembered, Runnable connection) implements AutoCloseable {
    @Override
    public void close() {
      connection.run();
    }
  }
}
