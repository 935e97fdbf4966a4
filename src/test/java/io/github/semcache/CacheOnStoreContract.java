package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.FakeChatClient;
import io.github.semcache.testing.FakeEmbedder;
import io.github.semcache.testing.ScopePair;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a cache does on every store, from end to end. */
public abstract class CacheOnStoreContract {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";
  private static final String PYTHON = "How do I reverse a string in Python?";
  private static final int PAIRS = 200;

  /** The store of this test, with what it held when it was closed if it is one that survives. */
  protected abstract VectorStore open(EmbeddingSpace space);

  /** Whether entries are still there when the store is opened again. */
  protected abstract boolean survives();

  @Test
  void threeQuestionsMakeTwoModelCallsWithTheLocalModel() {
    Embedder embedder = MiniLmEmbedder.create();
    FakeChatClient chat = new FakeChatClient();
    SemanticCacheBuilder builder = SemanticCache.builder().embedder(embedder).chatClient(chat);
    try (SemanticCache cache = builder.ownedStore(open(EmbeddingSpace.of(embedder))).build()) {
      Answer first = cache.ask(PARIS);
      Answer second = cache.ask(PARIS_AGAIN);
      Answer third = cache.ask(PYTHON);

      assertThat(List.of(first.source(), second.source(), third.source()))
          .containsExactly(Answer.Source.MODEL, Answer.Source.SEMANTIC, Answer.Source.MODEL);
      assertThat(second.reply()).isEqualTo(first.reply());
      assertThat(second.matchedPrompt()).contains(PARIS);
      assertThat(second.distance().orElseThrow()).isBetween(0.05, 0.15);
      assertThat(cache.ask(PYTHON).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.stats().requests()).isEqualTo(4);
      assertThat(cache.stats().modelCalls()).isEqualTo(2);
      assertThat(cache.stats().semanticHits()).isEqualTo(1);
      assertThat(cache.stats().writes()).isEqualTo(2);
    }
    assertThat(chat.calls()).isEqualTo(2);
    if (survives()) {
      try (SemanticCache cache = builder.ownedStore(open(EmbeddingSpace.of(embedder))).build()) {
        assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
        assertThat(cache.ask(PARIS_AGAIN).source()).isEqualTo(Answer.Source.SEMANTIC);
        assertThat(chat.calls()).isEqualTo(2);
      }
    }
  }

  /** A failure names the seed that leads to it again. */
  @Test
  void noAnswerIsServedToAScopeThatDiffersInAnyOnePart() {
    FakeEmbedder embedder = new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 1);
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .ownedStore(open(EmbeddingSpace.of(embedder)))
            .hitPolicy(HitPolicy.maxDistance(2))
            .failOnCacheErrors()
            .build()) {
      for (long seed = 0; seed < PAIRS; seed++) {
        ScopePair pair = ScopePair.random(new Random(seed));
        cache.clear();
        cache.put(Prompt.of(PARIS).scope(pair.one()), "secret");

        for (String text : List.of(PARIS, PARIS_AGAIN)) {
          Prompt prompt = Prompt.of(text);
          assertThat(cache.lookup(prompt.scope(pair.other())))
              .as("differs in %s, seed %s", pair.difference(), seed)
              .isEmpty();
          assertThat(cache.lookup(prompt.scope(pair.one())))
              .as("the same scope, seed %s", seed)
              .map(Answer::text)
              .contains("secret");
        }
        assertThat(cache.invalidate(pair.other())).isZero();
        assertThat(cache.invalidate(pair.one())).isEqualTo(1);
      }
    }
  }

  @Test
  void oddTextsComeBackToThePromptThatTheyAnswer() {
    FakeEmbedder embedder = new FakeEmbedder();
    List<String> odd =
        List.of(
            "\0",
            "NUL \0 inside",
            "\"quotes' {braces} * : | @scope:{*}",
            "😀 漢字 \u202e \uffff",
            "word ".repeat(200_000));
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .ownedStore(open(EmbeddingSpace.of(embedder)))
            .failOnCacheErrors()
            .build()) {
      odd.forEach(text -> cache.put(Prompt.of(text).tag(text, text), "answer: " + text));

      for (String text : odd) {
        assertThat(cache.lookup(Prompt.of(text).tag(text, text)).map(Answer::text))
            .contains("answer: " + text);
        assertThat(cache.lookup(Prompt.of(text))).isEmpty();
      }
    }
  }
}
