package io.github.semcache;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.ArrayList;
import java.util.List;

/** A cache whose store, embedder, and chat client fail on request. */
abstract class FaultyCacheFixture {
  static final String PROMPT = "What is the capital of France?";
  static final String NEAR = "Which city serves as France's capital?";

  final FakeEmbedder embedder = new FakeEmbedder().place(PROMPT, 0).place(NEAR, 10);
  final FakeChatClient chat = new FakeChatClient();
  final List<CacheEvent> events = new ArrayList<>();
  final FaultyStore store =
      new FaultyStore(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build());
  final SemanticCache cache = builder().build();

  final SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(chat)
        .store(store)
        .listener(events::add);
  }
}
