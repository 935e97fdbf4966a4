package io.github.semcache;

import static io.github.semcache.testing.Nulls.absent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.testing.FaultyStore.Call;
import io.github.semcache.testkit.Entries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that failures of the parts of a cache do not fail {@code ask} and {@code lookup}. */
class SemanticCacheFailureTest extends FaultyCacheFixture {
  private static final Normalizer FAILING =
      text -> {
        throw new IllegalStateException("normalizer");
      };

  private List<CacheEvent.Failed> failures() {
    return events.stream()
        .filter(CacheEvent.Failed.class::isInstance)
        .map(CacheEvent.Failed.class::cast)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"FIND", "NEAREST", "PUT"})
  void modelAnswerIsReturnedIfTheStoreFails(Call call) {
    store.fail(call);

    Answer answer = cache.ask(PROMPT);

    assertThat(answer.text()).isEqualTo("answer 1");
    assertThat(answer.entryId()).isEmpty();
    assertThat(cache.stats().storeErrors()).isEqualTo(1);
    assertThat(cache.stats().requests()).isEqualTo(1);
    assertThat(failures())
        .extracting(CacheEvent.Failed::part)
        .containsExactly(CacheEvent.Part.STORE);
    assertThat(store.calls()).as("no further call of the store that failed").endsWith(call);
  }

  @Test
  void failureOfTheStoreIsTheMissReason() {
    store.fail(Call.FIND);
    assertThat(cache.ask(PROMPT).missReason()).contains(MissReason.STORE_ERROR);

    store.recover();
    store.fail(Call.NEAREST);
    assertThat(cache.ask(PROMPT).missReason()).contains(MissReason.STORE_ERROR);
    assertThat(cache.stats().missesByReason()).containsEntry(MissReason.STORE_ERROR, 2L);
  }

  @Test
  void noEmbeddingIsComputedIfTheStoreFails() {
    store.fail(Call.FIND);
    cache.ask(PROMPT);

    assertThat(embedder.embedded()).isEmpty();
  }

  @Test
  void hitsResumeAfterTheStoreRecovers() {
    store.fail(Call.FIND);
    cache.ask(PROMPT);
    store.recover();
    cache.ask(PROMPT);

    assertThat(cache.ask(NEAR).source()).isEqualTo(Answer.Source.SEMANTIC);
  }

  @Test
  void exactHitsAreServedIfTheEmbedderFails() {
    embedder.failWith(new EmbedderException("down"));

    assertThat(cache.ask(PROMPT).missReason()).contains(MissReason.EMBEDDER_ERROR);
    assertThat(cache.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(cache.stats().embedderErrors()).isEqualTo(1);

    embedder.recover();
    assertThat(cache.lookup(Prompt.of(NEAR))).as("no embedding was stored").isEmpty();
  }

  @Test
  void failingEmbedderIsCalledOncePerRequest() {
    List<Integer> calls = new ArrayList<>();
    Embedder failing =
        Embedder.of(
            "failing",
            2,
            text -> {
              calls.add(1);
              throw new IllegalStateException("down");
            });
    SemanticCache.builder()
        .embedder(failing)
        .chatClient(chat)
        .maxDistance(0.15)
        .build()
        .ask(PROMPT);

    assertThat(calls).hasSize(1);
  }

  @Test
  void invalidEmbeddingsAreEmbedderErrors() {
    List<float[]> invalid =
        List.of(
            new float[] {Float.NaN, 0},
            new float[] {Float.POSITIVE_INFINITY, 0},
            new float[] {0, 0},
            new float[] {1, 0, 0},
            new float[] {});
    for (float[] vector : invalid) {
      SemanticCache faultyCache =
          SemanticCache.builder()
              .embedder(Embedder.of("invalid", 2, text -> vector))
              .chatClient(chat)
              .maxDistance(0.15)
              .build();
      assertThat(faultyCache.ask(PROMPT).missReason()).contains(MissReason.EMBEDDER_ERROR);
      assertThat(faultyCache.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(faultyCache.stats().embedderErrors()).isEqualTo(1);
      assertThatThrownBy(() -> faultyCache.put(Prompt.of(PROMPT), "x"))
          .isInstanceOf(EmbedderException.class);
    }
  }

  @Test
  void missingEmbeddingsAreAnEmbedderError() {
    Embedder lossy =
        new Embedder() {
          @Override
          public List<Embedding> embed(List<String> texts) {
            return List.of();
          }

          @Override
          public String modelId() {
            return "lossy";
          }

          @Override
          public int dimension() {
            return 2;
          }
        };
    SemanticCache faultyCache =
        SemanticCache.builder().embedder(lossy).chatClient(chat).maxDistance(0.15).build();

    assertThat(faultyCache.ask(PROMPT).missReason()).contains(MissReason.EMBEDDER_ERROR);
  }

  @Test
  void promptBypassesTheCacheIfItCannotBeNormalized() {
    for (Normalizer failing : List.<Normalizer>of(FAILING, text -> " ", text -> absent())) {
      SemanticCache faultyCache = builder().normalizer(failing).build();
      faultyCache.ask(PROMPT);
      Answer answer = faultyCache.ask(PROMPT);

      assertThat(answer.missReason()).contains(MissReason.NORMALIZER_ERROR);
      assertThat(answer.entryId()).isEmpty();
      assertThat(answer.query().text()).isEqualTo(PROMPT);
      assertThat(faultyCache.lookup(Prompt.of(PROMPT))).isEmpty();
      assertThat(faultyCache.stats().policyErrors()).isEqualTo(3);
      assertThat(faultyCache.stats().missesByReason())
          .isEqualTo(Map.of(MissReason.NORMALIZER_ERROR, 3L));
    }
    assertThat(chat.calls()).isEqualTo(6);
    assertThat(store.calls()).isEmpty();
    assertThat(embedder.embedded()).isEmpty();
    assertThat(failures())
        .extracting(CacheEvent.Failed::part)
        .containsOnly(CacheEvent.Part.NORMALIZER);
  }

  @Test
  void exceptionOfTheNormalizerIsThrownByChangesAndExplain() {
    SemanticCache faultyCache = builder().normalizer(FAILING).build();
    Prompt prompt = Prompt.of(PROMPT);

    assertThatThrownBy(() -> faultyCache.put(prompt, "x")).hasMessage("normalizer");
    assertThatThrownBy(() -> faultyCache.invalidate(prompt)).hasMessage("normalizer");
    assertThatThrownBy(() -> faultyCache.explain(prompt)).hasMessage("normalizer");
    assertThat(faultyCache.invalidate(Scope.none())).isZero();
    SemanticCache strict = builder().normalizer(FAILING).failOnCacheErrors().build();
    assertThatThrownBy(() -> strict.ask(prompt)).hasMessage("normalizer");
    assertThat(chat.calls()).isZero();
  }

  @Test
  void failOnCacheErrorsThrowsTheExceptions() {
    SemanticCache strict = builder().failOnCacheErrors().build();
    store.fail(Call.FIND);
    assertThatThrownBy(() -> strict.ask(PROMPT)).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> strict.lookup(Prompt.of(PROMPT))).isInstanceOf(StoreException.class);

    store.recover();
    embedder.failWith(new IllegalStateException("down"));
    assertThatThrownBy(() -> strict.ask(PROMPT))
        .isInstanceOf(EmbedderException.class)
        .hasRootCauseMessage("down")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(PROMPT));
    assertThat(strict.stats().storeErrors()).isEqualTo(2);
    assertThat(strict.stats().embedderErrors()).isEqualTo(1);
  }

  @Test
  void changesOfTheCacheThrowIfAPartFails() {
    store.fail(Call.PUT, Call.REMOVE);
    Prompt prompt = Prompt.of(PROMPT);

    assertThatThrownBy(() -> cache.put(prompt, "x")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> cache.invalidate(prompt)).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> cache.invalidate(Scope.none())).isInstanceOf(StoreException.class);
    assertThatThrownBy(cache::clear).isInstanceOf(StoreException.class);
    embedder.failWith(new EmbedderException("down"));
    assertThatThrownBy(() -> cache.put(prompt, "x")).isInstanceOf(EmbedderException.class);
  }

  @Test
  void entryOfAnotherScopeReturnedByTheStoreIsNotServed() {
    CacheEntry foreign =
        Entries.entry(Scope.of("tenant", "other"), PROMPT, "secret", Instant.EPOCH);
    store.onFind(found -> Optional.of(foreign));
    store.onNearest(found -> new NearestEntries(List.of(new Match(foreign, 0)), 0));

    Answer answer = cache.ask(PROMPT);

    assertThat(answer.text()).isEqualTo("answer 1");
    assertThat(cache.stats().corruptEntries()).isEqualTo(3);
  }

  @Test
  void corruptEntriesAreMissesAndAreCounted() {
    store.onFind(
        found -> {
          throw new StoreException.CorruptEntry("a field is missing", null);
        });
    store.onNearest(found -> new NearestEntries(found.matches(), 2));

    assertThat(cache.ask(PROMPT).text()).isEqualTo("answer 1");
    assertThat(cache.stats().corruptEntries()).isEqualTo(4);
    assertThat(cache.stats().storeErrors()).isZero();
  }

  @Test
  void exceptionOfThePolicyIsAMissAndIsCounted() {
    SemanticCache faultyCache =
        builder()
            .hitPolicy(
                (query, matches) -> {
                  throw new IllegalStateException("policy");
                })
            .build();

    assertThat(faultyCache.ask(PROMPT).missReason()).contains(MissReason.POLICY_ERROR);
    assertThat(faultyCache.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(faultyCache.stats().policyErrors()).isEqualTo(1);
  }

  @Test
  void answerIsNotStoredIfTheAdmissionFails() {
    SemanticCache faultyCache =
        builder()
            .admission(
                (prompt, reply) -> {
                  throw new IllegalStateException("admission");
                })
            .build();

    assertThat(faultyCache.ask(PROMPT).text()).isEqualTo("answer 1");
    assertThat(faultyCache.lookup(Prompt.of(PROMPT))).isEmpty();
    assertThat(faultyCache.stats().policyErrors()).isEqualTo(1);
  }

  @Test
  void exceptionOfTheListenerIsIgnored() {
    SemanticCache faultyCache =
        builder()
            .listener(
                event -> {
                  throw new IllegalStateException("listener");
                })
            .build();

    assertThat(faultyCache.ask(PROMPT).text()).isEqualTo("answer 1");
    assertThat(faultyCache.ask(NEAR).source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(faultyCache.stats().requests()).isEqualTo(2);
  }

  @Test
  void listenerAndModelMayCallTheCache() {
    List<SemanticCache> caches = new ArrayList<>();
    List<Answer> answers = new ArrayList<>();
    AtomicBoolean nested = new AtomicBoolean();
    SemanticCache recursive =
        builder()
            .listener(
                event -> {
                  if (event instanceof CacheEvent.Miss && !nested.getAndSet(true)) {
                    answers.add(caches.get(0).ask(PROMPT));
                  }
                })
            .build();
    caches.add(recursive);
    chat.replying(
        prompt ->
            prompt.text().equals(NEAR)
                ? ChatReply.of("by " + recursive.ask(PROMPT).text())
                : ChatReply.of("inner"));

    assertThat(recursive.ask(NEAR).text()).isEqualTo("by inner");
    assertThat(answers).extracting(Answer::text).containsExactly("inner");
    assertThat(recursive.stats().requests()).isEqualTo(3);
  }

  @Test
  void promptOfAMegabyteIsServedFromTheCache() {
    String longText = "word ".repeat(200_000);

    assertThat(cache.ask(longText).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(cache.ask(longText).source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void linkageErrorOfAPartIsAMissAndIsCounted() {
    Embedder outdated =
        Embedder.of(
            "outdated",
            2,
            text -> {
              throw new NoSuchMethodError("injected failure");
            });
    SemanticCache faultyCache =
        SemanticCache.builder().embedder(outdated).chatClient(chat).maxDistance(0.15).build();

    assertThat(faultyCache.ask(PROMPT).missReason()).contains(MissReason.EMBEDDER_ERROR);
    assertThat(faultyCache.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(faultyCache.stats().embedderErrors()).isEqualTo(1);
  }
}
