package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.FakeChatClient;
import org.junit.jupiter.api.Test;

/** Two runs with the local embedding model, on any store. */
abstract class SeedScenario {
  private static final Embedder EMBEDDER = MiniLmEmbedder.create();
  private static final String CAPITAL = "What is the capital of France?";
  private static final String CAPITAL_AGAIN = "Which city serves as France's capital?";

  private final FakeChatClient chat = new FakeChatClient();

  /** Opens the store of the test, which is empty the first time. */
  abstract VectorStore open(EmbeddingSpace space) throws Exception;

  private SemanticCache cache() throws Exception {
    return SemanticCache.builder()
        .embedder(EMBEDDER)
        .chatClient(chat)
        .ownedStore(open(EmbeddingSpace.of(EMBEDDER)))
        .failOnCacheErrors()
        .build();
  }

  @Test
  void secondRunBeginsWithAHit() throws Exception {
    try (SemanticCache cache = cache()) {
      cache.ask(CAPITAL);
    }
    try (SemanticCache cache = cache()) {
      assertThat(cache.ask(CAPITAL).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.ask(CAPITAL_AGAIN).source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(cache.ask(Prompt.of(CAPITAL).tag("tenant", "acme")).source())
          .isEqualTo(Answer.Source.MODEL);
    }
  }

  @Test
  void reportedAnswerIsNotServedInTheSecondRun() throws Exception {
    try (SemanticCache cache = cache()) {
      cache.ask(CAPITAL);
      cache.reportWrong(cache.ask(CAPITAL_AGAIN));
    }
    try (SemanticCache cache = cache()) {
      assertThat(cache.lookup(Prompt.of(CAPITAL_AGAIN))).isEmpty();
      assertThat(cache.lookup(Prompt.of(CAPITAL))).isPresent();
    }
  }
}
