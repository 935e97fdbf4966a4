package io.github.semcache.architecture;

import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.verify.PairVerifier;
import java.util.concurrent.Callable;

/** Asks three questions. {@link BareClassPathTest} loads this class without optional libraries. */
public final class BareScenario implements Callable<String> {

  @Override
  public String call() {
    try (SemanticCache cache =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(Embedder.of("length", 2, text -> new float[] {1, text.length() / 1000f}))
            .chatClient(ChatClient.of("echo", prompt -> "answer"))
            .maxDistance(0.15)
            .build()) {
      return cache.ask("a question").source()
          + " "
          + cache.ask("a question").source()
          + " "
          + cache.ask("a question in other words").source();
    }
  }
}
