package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.FakeChatClient;
import org.junit.jupiter.api.Test;

/** The whole road with the local embedding model: what a store is for, on any store. */
abstract class SeedScenario {
  private static final Embedder EMBEDDER = MiniLmEmbedder.create();
  private static final String CAPITAL = "What is the capital of France?";
  private static final String CAPITAL_AGAIN = "Which city serves as France's capital?";
  private static final String STRING = "How do I reverse a string in Python?";

  private final FakeChatClient chat = new FakeChatClient();

  /** The store of this test, without entries the first time. */
  abstract VectorStore open(EmbeddingSpace space) throws Exception;

  private SemanticCache cache() throws Exception {
    return SemanticCache.builder()
        .embedder(EMBEDDER)
        .chatClient(chat)
        .store(open(EmbeddingSpace.of(EMBEDDER)))
        .failOnCacheErrors()
        .build();
  }

  @Test
  void sameQuestionInOtherWordsIsAnsweredFromTheCache() throws Exception {
    try (SemanticCache cache = cache()) {
      Answer first = cache.ask(CAPITAL);
      Answer again = cache.ask(CAPITAL_AGAIN);
      Answer other = cache.ask(STRING);

      assertThat(first.source()).isEqualTo(Answer.Source.MODEL);
      assertThat(again.source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(again.text()).isEqualTo(first.text());
      assertThat(again.matchedPrompt()).contains(CAPITAL);
      assertThat(other.source()).isEqualTo(Answer.Source.MODEL);
      assertThat(chat.calls()).isEqualTo(2);
      assertThat(cache.stats().requests()).isEqualTo(3);
      assertThat(cache.stats().semanticHits()).isEqualTo(1);
      assertThat(cache.stats().stores()).isEqualTo(2);
    }
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
  void wrongAnswerThatWasReportedIsOutOfServiceInTheSecondRun() throws Exception {
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
