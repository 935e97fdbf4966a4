package io.github.semcache.openai;

import static java.util.Objects.requireNonNull;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import java.net.URI;
import java.util.Optional;

/**
 * A client of its own for programs that have none, such as the command line. A program that has an
 * {@link OpenAIClient} gives it to {@link OpenAiEmbedder#builder} instead.
 */
public final class OpenAiConnection implements AutoCloseable {
  private final OpenAIClient client;

  private OpenAiConnection(OpenAIClient client) {
    this.client = client;
  }

  /**
   * Makes a client. Nothing is sent yet.
   *
   * @param apiKey the key to send; services that need none accept any
   * @param baseUrl where a compatible service answers; OpenAI's own if empty
   * @return the connection
   */
  public static OpenAiConnection open(String apiKey, Optional<URI> baseUrl) {
    OpenAIOkHttpClient.Builder builder =
        OpenAIOkHttpClient.builder().apiKey(requireNonNull(apiKey, "apiKey"));
    baseUrl.map(URI::toString).ifPresent(builder::baseUrl);
    return new OpenAiConnection(builder.build());
  }

  /**
   * Begins an embedder that uses this connection.
   *
   * @return a builder
   */
  public OpenAiEmbedder.Builder embedder() {
    return OpenAiEmbedder.builder(client);
  }

  /** Closes the client and with it what was made of it. */
  @Override
  public void close() {
    client.close();
  }
}
