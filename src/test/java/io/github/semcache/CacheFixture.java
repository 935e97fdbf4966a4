package io.github.semcache;

import io.github.semcache.stats.CacheEvent;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.util.ArrayList;
import java.util.List;

/**
 * A cache with a fake embedder, which places the embeddings of prompts at given angles, and a fake
 * chat client.
 */
abstract class CacheFixture {
  static final String PARIS = "What is the capital of France?";
  static final String PARIS_PARAPHRASE = "Which city serves as France's capital?";
  static final String PYTHON = "How do I reverse a string in Python?";

  final FakeClock time = new FakeClock();
  final FakeEmbedder embedder =
      new FakeEmbedder().place(PARIS, 0).place(PARIS_PARAPHRASE, 20).place(PYTHON, 90);
  final FakeChatClient chat = new FakeChatClient();
  final List<CacheEvent> events = new ArrayList<>();
  final SemanticCache cache = builder().build();

  final SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(embedder)
        .chatClient(chat)
        .timeSource(time)
        .ticker(time::nanos)
        .listener(events::add);
  }

  static double distance(double degrees) {
    return 1 - Math.cos(Math.toRadians(degrees));
  }
}
