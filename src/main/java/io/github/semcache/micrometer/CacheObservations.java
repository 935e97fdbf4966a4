package io.github.semcache.micrometer;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.store.VectorStore;
import io.micrometer.observation.ObservationRegistry;

/**
 * Creates Micrometer observations, and thereby spans and timers, for the lookups of a cache and the
 * calls to the model. Prompts and answers are not recorded.
 *
 * <pre>{@code
 * CacheObservations observations = CacheObservations.of(registry);
 * SemanticCache.builder()
 *     .store(observations.observe(store))
 *     .chatClient(observations.observe(chatClient, "openai"))
 * CachedOpenAi.builder(cache).observer(observations.modelCalls("openai")).build().wrap(client)
 * }</pre>
 *
 * <table>
 * <caption>Observations</caption>
 * <tr><th>name</th><th>span</th><th>what is observed</th></tr>
 * <tr><td>{@code semcache.lookup}</td><td>{@code semcache lookup} and the tier</td>
 *     <td>a lookup by key or a nearest-neighbor search of the store</td></tr>
 * <tr><td>{@code gen_ai.client.operation}</td><td>{@code chat} and the model</td>
 *     <td>a call to the model, of the kind CLIENT; the keys are the attributes of OpenTelemetry's
 *     semantic conventions for generative AI</td></tr>
 * </table>
 *
 * <table>
 * <caption>Key values. Those of high cardinality appear on spans only</caption>
 * <tr><th>key</th><th>cardinality</th><th>value</th></tr>
 * <tr><td>{@code semcache.tier}</td><td>low</td><td>{@code exact} or {@code semantic}</td></tr>
 * <tr><td>{@code semcache.found}</td><td>high</td><td>the number of entries found</td></tr>
 * <tr><td>{@code gen_ai.operation.name}</td><td>low</td><td>{@code chat}</td></tr>
 * <tr><td>{@code gen_ai.provider.name}</td><td>low</td><td>the provider</td></tr>
 * <tr><td>{@code gen_ai.request.model}</td><td>low</td>
 *     <td>the requested model, or {@code unknown}</td></tr>
 * <tr><td>{@code gen_ai.response.model}</td><td>low</td>
 *     <td>the model of the response, or {@code none}</td></tr>
 * <tr><td>{@code gen_ai.response.finish_reasons}</td><td>low</td>
 *     <td>the {@link io.github.semcache.chat.ChatReply.FinishReason} in lower case, or {@code none}</td></tr>
 * <tr><td>{@code error.type}</td><td>low</td>
 *     <td>the status code of an error response, or the class name of the exception; {@code none} if
 *     the call did not fail</td></tr>
 * <tr><td>{@code gen_ai.usage.input_tokens}, {@code gen_ai.usage.output_tokens}</td><td>high</td>
 *     <td>the numbers of tokens; absent if unknown</td></tr>
 * </table>
 *
 * <p>An observation is a child of the observation that is current on the calling thread. For
 * asynchronous calls and for streams of LangChain4j, that thread belongs to the cache's executor:
 * to preserve the parent, configure an executor that propagates the context, such as an executor of
 * Micrometer's context propagation library.
 *
 * <p>Immutable and thread-safe.
 */
public final class CacheObservations {
  private final ObservationRegistry registry;

  private CacheObservations(ObservationRegistry registry) {
    this.registry = requireNonNull(registry, "registry");
  }

  /**
   * Returns an instance that creates its observations in a registry.
   *
   * @param registry the registry
   * @return a new instance
   */
  public static CacheObservations of(ObservationRegistry registry) {
    return new CacheObservations(registry);
  }

  /**
   * Wraps a chat client so that its calls are observed.
   *
   * @param client the client
   * @param provider the provider of the model, for example {@code openai}
   * @return the wrapped client; a {@link ChatClient.Streaming} if the given client is one
   */
  public ChatClient observe(ChatClient client, String provider) {
    ChatClient.Observer observer = modelCalls(provider);
    return client instanceof ChatClient.Streaming streaming
        ? new ObservedStreamingClient(streaming, observer)
        : new ObservedChatClient(client, observer);
  }

  /**
   * Returns an observer for the option {@code observer} of the builders of {@code CachedOpenAi} and
   * {@code CachedChatModel}. The observation of a stream ends when the stream ends.
   *
   * @param provider the provider of the model, for example {@code openai} or {@code
   *     azure.ai.openai}
   * @return an observer that starts an observation for each call
   */
  public ChatClient.Observer modelCalls(String provider) {
    requireNonNull(provider, "provider");
    return model -> ObservedModelCall.begin(provider, model, registry);
  }

  /**
   * Wraps a store so that its lookups are observed. Closing the wrapper closes the store.
   *
   * @param store the store
   * @return the wrapped store; a {@link io.github.semcache.store.StateStore} or a {@link
   *     io.github.semcache.store.VectorStore.Listable} if the given store is one
   */
  public VectorStore observe(VectorStore store) {
    return ObservedStore.of(requireNonNull(store, "store"), registry);
  }
}
