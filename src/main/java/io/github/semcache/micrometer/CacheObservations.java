package io.github.semcache.micrometer;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.chat.StreamingChatClient;
import io.github.semcache.store.VectorStore;
import io.micrometer.observation.ObservationRegistry;

/**
 * Observes the parts of a cache, so that a tracer shows a span for each lookup and each call of the
 * model. Neither prompts nor answers are among the key values.
 *
 * <pre>{@code
 * CacheObservations observations = CacheObservations.of(registry);
 * SemanticCache.builder()
 *     .store(observations.observe(store))
 *     .chatClient(observations.observe(chatClient, "openai"))
 * CachedOpenAi.builder(cache).observer(observations.modelCalls("openai")).build().wrap(client)
 * }</pre>
 *
 * <p>A call of the model is {@code gen_ai.client.operation} with the attributes of OpenTelemetry's
 * conventions for generative AI: {@code gen_ai.operation.name}, {@code gen_ai.provider.name},
 * {@code gen_ai.request.model}, {@code gen_ai.response.model}, {@code
 * gen_ai.response.finish_reasons}, {@code gen_ai.usage.input_tokens} and {@code
 * gen_ai.usage.output_tokens}, of the kind CLIENT, and with {@code error.type} where it failed: the
 * status of a response, or the class of what was thrown. A lookup is {@code semcache.lookup} with
 * {@code semcache.tier} and {@code semcache.found}.
 *
 * <p>Both are children of the observation that is current on the thread that makes them. Of
 * asynchronous calls, and of LangChain4j's streams, that is a thread of the cache's executor: give
 * the cache one that carries the context along, such as that of Micrometer's context propagation.
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class CacheObservations {
  private final ObservationRegistry registry;

  private CacheObservations(ObservationRegistry registry) {
    this.registry = requireNonNull(registry, "registry");
  }

  /**
   * Begins.
   *
   * @param registry who handles the observations
   * @return the observations
   */
  public static CacheObservations of(ObservationRegistry registry) {
    return new CacheObservations(registry);
  }

  /**
   * Observes a chat client.
   *
   * @param client the client; a {@link StreamingChatClient} remains one
   * @param provider who runs the model, for example {@code openai}
   * @return a client that is observed
   */
  public ChatClient observe(ChatClient client, String provider) {
    ModelObserver observer = modelCalls(provider);
    return client instanceof StreamingChatClient streaming
        ? new ObservedStreamingClient(streaming, observer)
        : new ObservedChatClient(client, observer);
  }

  /**
   * Observes the calls of the model that a wrapped client of OpenAI or LangChain4j makes: for the
   * option {@code observer} of their builders. The observation of a stream ends with the stream.
   *
   * @param provider who runs the model, for example {@code openai} or {@code azure.ai.openai}
   * @return what begins an observation for each call, as a child of the thread's current one
   */
  public ModelObserver modelCalls(String provider) {
    requireNonNull(provider, "provider");
    return model -> ObservedModelCall.begin(provider, model, registry);
  }

  /**
   * Observes the lookups of a store.
   *
   * @param store the store
   * @return a store that is observed; it is a {@link io.github.semcache.store.StateStore} or an
   *     {@link io.github.semcache.store.ListableStore} if the given one is
   */
  public VectorStore observe(VectorStore store) {
    return ObservedStore.of(requireNonNull(store, "store"), registry);
  }
}
