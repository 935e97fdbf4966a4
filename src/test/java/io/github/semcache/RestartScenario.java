package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.FakeChatClient;
import org.junit.jupiter.api.Test;

/**
 * Tests with the local embedding model that a second run of an application uses the entries and the
 * reports of the first one. A subclass opens the store.
 */
abstract class RestartScenario {
  private static final Embedder EMBEDDER = MiniLmEmbedder.create();
  private static final String CAPITAL = "What is the capital of France?";
  private static final String CAPITAL_PARAPHRASE = "Which city serves as France's capital?";

  private final FakeChatClient chat = new FakeChatClient();

  /** Opens the store. It contains what the same test stored before, and is empty at first. */
  abstract VectorStore open(EmbeddingSpace space) throws Exception;

  private SemanticCache openCache() throws Exception {
    return SemanticCache.builder()
        .embedder(EMBEDDER)
        .chatClient(chat)
        .ownedStore(open(EmbeddingSpace.of(EMBEDDER)))
        .failOnCacheErrors()
        .build();
  }

  @Test
  void answersOfTheFirstRunAreHitsInTheSecond() throws Exception {
    try (SemanticCache cache = openCache()) {
      cache.ask(CAPITAL);
    }
    try (SemanticCache cache = openCache()) {
      assertThat(cache.ask(CAPITAL).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.ask(CAPITAL_PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(cache.ask(Prompt.of(CAPITAL).tag("tenant", "acme")).source())
          .isEqualTo(Answer.Source.MODEL);
    }
  }

  @Test
  void answerReportedWrongInTheFirstRunIsNotServedInTheSecond() throws Exception {
    try (SemanticCache cache = openCache()) {
      cache.ask(CAPITAL);
      cache.reportWrong(cache.ask(CAPITAL_PARAPHRASE));
    }
    try (SemanticCache cache = openCache()) {
      assertThat(cache.lookup(Prompt.of(CAPITAL_PARAPHRASE))).isEmpty();
      assertThat(cache.lookup(Prompt.of(CAPITAL))).isPresent();
    }
  }
}
