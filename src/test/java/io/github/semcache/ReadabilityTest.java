package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the lookup of prompts that the embedder cannot read. */
class ReadabilityTest extends CacheFixture {
  private static final String THAI = "เมืองหลวงของฝรั่งเศส";
  private static final String OTHER_THAI = "แอปเปิลราคาเท่าไร";

  private ToDoubleFunction<String> coverage = text -> text.charAt(0) < 0x80 ? 1 : 0.1;
  private final List<String> embedded = new CopyOnWriteArrayList<>();

  /** Returns the same embedding for all texts. */
  private final Embedder blind =
      new Embedder() {
        @Override
        public List<Embedding> embed(List<String> texts) {
          embedded.addAll(texts);
          return texts.stream().map(text -> Embedding.of(new float[] {1, 0})).toList();
        }

        @Override
        public double coverage(String text) {
          return coverage.applyAsDouble(text);
        }

        @Override
        public OptionalDouble maxDistance() {
          return OptionalDouble.of(0.15);
        }

        @Override
        public String modelId() {
          return "blind";
        }

        @Override
        public int dimension() {
          return 2;
        }
      };

  private SemanticCache blindCache() {
    return builder().embedder(blind).noGuards().build();
  }

  @Test
  void unreadablePromptIsAnsweredByItsKeyOnly() {
    try (SemanticCache cache = blindCache()) {
      Answer thai = cache.ask(THAI);
      Answer other = cache.ask(OTHER_THAI);
      Answer again = cache.ask(THAI);

      assertThat(thai.missReason()).contains(MissReason.UNREADABLE);
      assertThat(thai.entryId()).isPresent();
      assertThat(other.missReason()).contains(MissReason.UNREADABLE);
      assertThat(again.source()).isEqualTo(Answer.Source.EXACT);
      assertThat(embedded).isEmpty();
      assertThat(cache.stats().unreadable()).isEqualTo(2);
      assertThat(cache.stats().embedderErrors()).isZero();
    }
  }

  @Test
  void unreadableEntryIsNotServedToAReadablePrompt() {
    try (SemanticCache cache = blindCache()) {
      cache.ask(THAI);
      cache.ask(Prompt.of(OTHER_THAI).refresh());
      cache.put(Prompt.of(THAI + "?"), "put");
      cache.putAll(
          List.of(Map.entry(Prompt.of(THAI + "!"), "a"), Map.entry(Prompt.of("b\u200b"), "b")),
          stored -> {});

      assertThat(cache.ask(PARIS).missReason()).contains(MissReason.NO_NEIGHBOR);
      assertThat(embedded).containsExactly(PARIS);
      assertThat(cache.ask(THAI + "!").text()).isEqualTo("a");
      assertThat(cache.ask(THAI + "?").text()).isEqualTo("put");
    }
  }

  @Test
  void promptThatIsReadInPartIsComparedFromTheMinimumOn() {
    try (SemanticCache cache = blindCache()) {
      cache.ask(PARIS);

      coverage = text -> Embedder.MIN_COVERAGE;
      assertThat(cache.lookup(Prompt.of("b"))).isPresent();
      coverage = text -> Math.nextDown(Embedder.MIN_COVERAGE);
      assertThat(cache.lookup(Prompt.of("b"))).isEmpty();
      coverage = text -> Double.NaN;
      assertThat(cache.lookup(Prompt.of("b"))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u200b", "\u202e", "\uFE0F", "\uDB40\uDC69\uDB40\uDC67", "\u00ad"})
  void promptWithInvisibleCharactersIsAnsweredByItsKeyOnly(String invisible) {
    try (SemanticCache cache = blindCache()) {
      cache.ask(PARIS);
      cache.ask(PYTHON + invisible);

      assertThat(cache.ask(PARIS + invisible).missReason()).contains(MissReason.UNREADABLE);
      assertThat(cache.ask(PARIS + invisible).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.ask(PARIS_PARAPHRASE).matchedPrompt()).contains(PARIS);
    }
  }

  @Test
  void failureToReadIsAnEmbedderError() {
    coverage =
        text -> {
          throw new IllegalStateException("no tokenizer");
        };
    try (SemanticCache cache = blindCache()) {
      assertThat(cache.ask(PARIS).missReason()).contains(MissReason.EMBEDDER_ERROR);
      assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.stats().embedderErrors()).isEqualTo(1);
      assertThat(embedded).isEmpty();
    }
  }

  @Test
  void explanationOfAnUnreadablePromptHasNoCandidates() {
    try (SemanticCache cache = blindCache()) {
      cache.ask(PARIS);
      cache.ask(THAI);

      Explanation explanation = cache.explain(Prompt.of(THAI));

      assertThat(explanation.exact()).isPresent();
      assertThat(explanation.candidates()).isEmpty();
      assertThat(explanation.decision()).isEqualTo(Decision.miss(MissReason.UNREADABLE));
    }
  }

  @Test
  void textsThatDifferInIndentationDoNotShareAKey() {
    List<String> texts =
        List.of(
            "if a:\n    b()\nc()",
            "if a:\n    b()\n    c()",
            "if a:\n\tb()\nc()",
            "key:\n  a: 1\n  b: 2",
            "key:\n  a: 1\nb: 2",
            "  a: 1\n  b: 2",
            "a: 1\n  b: 2",
            "x\ty\tz",
            "x\t\ty\tz",
            "x y z");
    try (InMemoryVectorStore store =
            InMemoryVectorStore.builder(embedder).timeSource(time).build();
        SemanticCache cache =
            builder().store(store).hitPolicy(io.github.semcache.policy.HitPolicy.never()).build()) {
      for (String text : texts) {
        assertThat(cache.ask(text).source()).isEqualTo(Answer.Source.MODEL);
      }
      for (String text : texts) {
        assertThat(cache.ask(text + "\n").source()).isEqualTo(Answer.Source.EXACT);
      }
    }
  }
}
