package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Curated answers, which outrank answers of the model and are not replaced by them. */
class CuratedAnswersTest extends CacheFixture {
  private static final Prompt PROMPT = Prompt.of(PARIS);
  private static final Prompt PARAPHRASE = Prompt.of(PARIS_PARAPHRASE);

  private final InMemoryVectorStore store =
      InMemoryVectorStore.builder(embedder).timeSource(time).build();
  private final SemanticCache shared = curatedBuilder().build();

  private SemanticCacheBuilder curatedBuilder() {
    return builder().store(store).maxDistance(distance(30));
  }

  private static void put(SemanticCache target, Prompt prompt, String answer) {
    target.put(prompt.curated(), answer);
  }

  @Test
  void curatedAnswerIsPreferredToANearerOne() {
    embedder.place("near", 5);
    chat.replying(prompt -> ChatReply.of("of the model"));
    shared.ask("near");
    put(shared, PARAPHRASE, "curated");

    Answer answer = shared.ask(PROMPT);

    assertThat(answer.text()).isEqualTo("curated");
    assertThat(answer.isCurated()).isTrue();
    assertThat(shared.ask("near").isCurated()).isFalse();
  }

  @Test
  void curatedAnswerThatIsNotAdmittedLeavesTheOthers() {
    embedder.place("near", 5).place("curated and rejected", 3);
    PairVerifier verifier =
        pair ->
            pair.cachedPrompt().startsWith("curated")
                ? Verification.reject("test")
                : Verification.accept();
    SemanticCache verifying = curatedBuilder().verifier(verifier).build();
    verifying.ask("near");
    put(verifying, Prompt.of("curated and rejected"), "curated");
    put(verifying, Prompt.of(PYTHON), "too far");

    Answer answer = verifying.ask(PROMPT);

    assertThat(answer.source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(answer.isCurated()).isFalse();
  }

  @Test
  void answersOfTheModelDoNotReplaceACuratedAnswer() {
    put(shared, PROMPT, "curated");

    Answer refreshed = shared.ask(PROMPT.refresh());
    time.advance(Duration.ofHours(2));
    Answer young = shared.ask(PROMPT.maxAge(Duration.ofHours(1)));

    assertThat(refreshed.text()).isEqualTo("answer 1");
    assertThat(refreshed.entryId()).isEmpty();
    assertThat(young.text()).isEqualTo("answer 2");
    assertThat(shared.ask(PROMPT).text()).isEqualTo("curated");
  }

  @Test
  void curatedAnswerIsNotRefreshedInTheBackground() {
    SemanticCache refreshing =
        curatedBuilder().executor(Runnable::run).staleWhileRevalidate(Duration.ofHours(1)).build();
    put(refreshing, PROMPT, "curated");
    time.advance(Duration.ofHours(5));

    assertThat(refreshing.ask(PROMPT).isStale()).isFalse();
    assertThat(chat.calls()).isZero();
  }

  @Test
  void curatedAnswerWhoseDependencyChangedIsReplaced() {
    Prompt dependent = PROMPT.dependsOn("prices");
    put(shared, dependent, "curated");
    shared.invalidateDependents("prices");

    assertThat(shared.ask(dependent).text()).isEqualTo("answer 1");
    assertThat(shared.ask(dependent).source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void applicationReplacesAndRemovesCuratedAnswers() {
    put(shared, PROMPT, "curated");
    put(shared, PROMPT, "curated again");
    assertThat(shared.ask(PROMPT).text()).isEqualTo("curated again");

    shared.replaceAnswer(shared.ask(PROMPT).entryId().orElseThrow(), ChatReply.of("corrected"));
    assertThat(shared.ask(PROMPT).text()).isEqualTo("corrected");
    assertThat(shared.ask(PROMPT).isCurated()).isTrue();

    shared.put(PROMPT, "not curated");
    assertThat(shared.ask(PROMPT).isCurated()).isFalse();
    assertThat(shared.invalidate(PROMPT)).isTrue();
  }

  @Test
  void allWaysToStoreAnAnswerCanMarkIt() {
    embedder.place("third", 180);
    shared.putAll(List.of(Map.entry(PROMPT.curated(), "a")), count -> {});
    shared.putReplacing(Prompt.of(PYTHON).curated(), ChatReply.of("b"));
    shared.ask(Prompt.of("third").curated());

    assertThat(shared.ask(PROMPT).isCurated()).isTrue();
    assertThat(shared.ask(PYTHON).isCurated()).isTrue();
    assertThat(shared.ask("third").isCurated()).isTrue();
    assertThat(chat.calls()).isEqualTo(1);
  }

  @Test
  void curatedAnswersNeedNoConfirmations() {
    SemanticCache confirming = curatedBuilder().confirmations(3).build();
    confirming.ask(PROMPT.curated());

    assertThat(confirming.lookup(PARAPHRASE)).isPresent();
  }

  @Test
  void copyForAnotherWordingIsNotCurated() {
    PairVerifier chatVerifier =
        pair -> Verification.accept().plusCost(new Verification.Cost(1, 0, 0));
    SemanticCache verifying = curatedBuilder().verifier(chatVerifier).build();
    put(verifying, PROMPT, "curated");

    assertThat(verifying.ask(PARAPHRASE).isCurated()).isTrue();
    assertThat(
            store
                .entries()
                .map(listed -> listed.entry())
                .filter(entry -> entry.prompt().equals(PARIS_PARAPHRASE))
                .map(CacheEntry::attributes))
        .singleElement()
        .satisfies(attributes -> assertThat(attributes).doesNotContainKey("curated"));
  }

  @Test
  void copyForAnotherWordingDoesNotReplaceACuratedAnswer() {
    PairVerifier chatVerifier =
        pair -> Verification.accept().plusCost(new Verification.Cost(1, 0, 0));
    SemanticCache verifying = curatedBuilder().verifier(chatVerifier).build();
    put(verifying, PROMPT, "curated");
    time.advance(Duration.ofHours(2));
    verifying.put(PARAPHRASE, "not curated");

    Answer young = verifying.ask(PROMPT.maxAge(Duration.ofHours(1)));

    assertThat(young.text()).isEqualTo("not curated");
    assertThat(verifying.ask(PROMPT).text()).isEqualTo("curated");
  }

  @Test
  void explanationPrefersCuratedAnswersAsLookupsDo() {
    embedder.place("near", 5);
    for (PairVerifier verifier : List.of(PairVerifier.none(), accepting())) {
      SemanticCache explaining = curatedBuilder().verifier(verifier).build();
      explaining.put(Prompt.of("near"), "not curated");
      put(explaining, PARAPHRASE, "curated");

      Explanation explanation = explaining.explain(PROMPT);

      assertThat(explanation.decision())
          .isEqualTo(Decision.hit(explanation.candidates().get(1).match()));
      assertThat(explanation.candidates())
          .extracting(candidate -> candidate.match().entry().answer())
          .containsExactly("not curated", "curated");
    }
  }

  private static PairVerifier accepting() {
    return pair -> Verification.accept();
  }

  @Test
  void curatedAnswerThatWasNotLookedUpInTimeIsNotReplaced() {
    put(shared, PROMPT, "curated");
    SemanticCache slow =
        curatedBuilder()
            .deadline(Duration.ofMillis(50))
            .normalizer(
                text -> {
                  time.advance(Duration.ofSeconds(1));
                  return text;
                })
            .build();

    Answer answer = slow.ask(PROMPT);

    assertThat(answer.missReason()).contains(MissReason.DEADLINE);
    assertThat(shared.ask(PROMPT).text()).isEqualTo("curated");
  }

  @Test
  void entryOfAnotherScopeUnderTheKeyIsReplaced() {
    put(shared, PROMPT, "curated");
    CacheEntry entry = store.entries().findFirst().orElseThrow().entry();
    CacheEntry foreign =
        new CacheEntry(
            entry.key(), "another scope", PARIS, "planted", entry.attributes(), time.instant());
    store.put(List.of(new NewEntry(foreign, Optional.empty(), Optional.empty())));

    shared.ask(PROMPT);

    assertThat(shared.ask(PROMPT).text()).isEqualTo("answer 1");
    assertThat(shared.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
  }
}
