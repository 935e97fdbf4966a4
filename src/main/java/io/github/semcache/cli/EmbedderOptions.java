package io.github.semcache.cli;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.openai.OpenAiChatClient;
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

/** The options that select the embedding model. */
final class EmbedderOptions {
  private static final String MINILM = "minilm";
  private static final String OPENAI = "openai";
  private static final String DEFAULT_OPENAI_MODEL = "text-embedding-3-small";

  private final CliEnvironment environment;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--embedder",
      paramLabel = "MODEL",
      defaultValue = MINILM,
      description = {
        "minilm: the local model all-MiniLM-L6-v2, which needs no network (default).",
        "openai[:NAME]: an embedding model of OpenAI (default: text-embedding-3-small), or of the"
            + " compatible service at --base-url."
      })
  private String model = MINILM;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The base URL of a service compatible with OpenAI (default: $OPENAI_BASE_URL).")
  private @Nullable URI baseUrl;

  @Option(
      names = "--api-key-variable",
      paramLabel = "NAME",
      defaultValue = "OPENAI_API_KEY",
      description =
          "The environment variable that contains the API key (default: ${DEFAULT-VALUE}).")
  private String keyVariable = "OPENAI_API_KEY";

  @Option(
      names = "--dimension",
      paramLabel = "N",
      description =
          "The dimension of the embeddings; required if semcache does not know the model.")
  private @Nullable Integer dimension;

  @Option(
      names = "--embedding-cache",
      paramLabel = "DIRECTORY",
      description = {
        "The directory in which embeddings are cached for later runs (default: ~/.cache/semcache)."
            + " It contains hashes of the prompts, but not the prompts."
      })
  private @Nullable Path directory;

  @Option(names = "--no-embedding-cache", description = "Do not cache embeddings for later runs.")
  private boolean inMemoryOnly;

  EmbedderOptions(CliEnvironment environment) {
    this.environment = environment;
  }

  /**
   * Opens the embedder and computes the embeddings of texts with a progress bar. The caller closes
   * the embedder.
   */
  OpenEmbedder open(Collection<String> texts, PrintWriter err) {
    OpenEmbedder open = open();
    List<String> normalized = texts.stream().map(Normalizer.nfc()::normalize).toList();
    int distinct = (int) normalized.stream().distinct().count();
    int threads = Runtime.getRuntime().availableProcessors();
    try (ProgressBar progress = environment.progressBar(err, "embedding", distinct)) {
      open.embedder().precompute(normalized, threads, progress);
      return open;
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /** Returns whether {@code --embedder} is given on the command line. */
  boolean isGiven() {
    return spec.commandLine().getParseResult().hasMatchedOption("--embedder");
  }

  /** Returns whether the embedder is local, or its API key is known. */
  boolean isAvailable() {
    return isLocal() || baseUrl().isPresent() || environment.variable(keyVariable).isPresent();
  }

  /**
   * Returns the model ID that a given {@code --embedder} usually has, without an API key.
   *
   * @throws ParameterException if there is no such embedder
   */
  String modelId() {
    return isLocal() ? environment.localModel().get().modelId() : openAiModel();
  }

  private String openAiModel() {
    return model.equals(OPENAI) ? DEFAULT_OPENAI_MODEL : model.substring(OPENAI.length() + 1);
  }

  private boolean isLocal() {
    if (model.equals(MINILM)) {
      return true;
    }
    if (model.equals(OPENAI) || model.startsWith(OPENAI + ":")) {
      return false;
    }
    throw new ParameterException(
        spec.commandLine(), "--embedder is '" + model + "'; it must be minilm or openai[:NAME]");
  }

  /** Opens the embedder. The caller closes it. */
  OpenEmbedder open() {
    return isLocal()
        ? new OpenEmbedder(caching(environment.localModel().get()), () -> {})
        : openAi();
  }

  /** Opens a chat model of the same service. The caller closes it. */
  OpenAiChatClient openChatModel(String name) {
    Optional<URI> url = baseUrl();
    String key = apiKey(url.isPresent());
    return url.map(address -> OpenAiChatClient.connect(key, address))
        .orElseGet(() -> OpenAiChatClient.connect(key))
        .model(name)
        .build();
  }

  private Optional<URI> baseUrl() {
    return Optional.ofNullable(baseUrl)
        .or(() -> environment.variable("OPENAI_BASE_URL").map(URI::create));
  }

  private OpenEmbedder openAi() {
    Optional<URI> url = baseUrl();
    OpenAiEmbedder embedder = openAi(apiKey(url.isPresent()), url);
    try {
      return new OpenEmbedder(caching(embedder), embedder::close);
    } catch (RuntimeException e) {
      embedder.close();
      throw e;
    }
  }

  private OpenAiEmbedder openAi(String key, Optional<URI> url) {
    try {
      OpenAiEmbedder.Builder builder =
          url.map(address -> OpenAiEmbedder.connect(key, address))
              .orElseGet(() -> OpenAiEmbedder.connect(key));
      builder.model(openAiModel());
      if (dimension != null) {
        builder.modelDimension(dimension);
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new CommandException("--embedder or --dimension: " + e.getMessage(), e);
    }
  }

  /** Returns the API key, which is optional for a service at a base URL. */
  private String apiKey(boolean hasBaseUrl) {
    return environment
        .variable(keyVariable)
        .or(() -> hasBaseUrl ? Optional.of("none") : Optional.empty())
        .orElseThrow(
            () ->
                new CommandException(
                    "environment variable " + keyVariable + " is not set; it must be the API key",
                    null));
  }

  private CachingEmbedder caching(Embedder embedder) {
    if (inMemoryOnly) {
      return CachingEmbedder.inMemory(embedder);
    }
    return CachingEmbedder.onDisk(
        directory == null ? environment.cacheDirectory() : directory, embedder);
  }

  /**
   * An open embedder.
   *
   * @param embedder the embedder
   * @param closeConnection closes the connection of the embedder
   */
  record OpenEmbedder(CachingEmbedder embedder, Runnable closeConnection) implements AutoCloseable {
    @Override
    public void close() {
      closeConnection.run();
    }
  }
}
