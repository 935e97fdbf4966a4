package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of the model that are served to others after other contributors confirmed them. */
@Timeout(60)
class ConfirmationsTest extends CacheFixture {
  private static final Prompt PROMPT = Prompt.of(PARIS);
  private static final Prompt PARAPHRASE = Prompt.of(PARIS_PARAPHRASE);

  private final InMemoryVectorStore store =
      InMemoryVectorStore.builder(embedder).timeSource(time).build();
  private final SemanticCache shared = confirming(2);

  private SemanticCacheBuilder confirmingBuilder(int count) {
    return builder()
        .store(store)
        .maxDistance(distance(30))
        .judge(AnswerJudge.sameText())
        .judgeExecutor(Runnable::run)
        .confirmations(count);
  }

  private SemanticCache confirming(int count) {
    return confirmingBuilder(count).build();
  }

  private void modelAnswers(String text) {
    chat.replying(prompt -> ChatReply.of(text));
  }

  private static Prompt by(String contributor, Prompt prompt) {
    return prompt.contributor(contributor);
  }

  private Answer ask(String contributor, Prompt prompt) {
    return shared.ask(by(contributor, prompt));
  }

  @Test
  void answerIsServedToItsContributorOnly() {
    modelAnswers("Paris");
    ask("a", PROMPT);

    assertThat(ask("a", PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(ask("a", PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(ask("b", PARAPHRASE).missReason()).contains(MissReason.UNCONFIRMED);
    assertThat(ask("b", PROMPT.tag("t", "v")).missReason()).contains(MissReason.NO_NEIGHBOR);
  }

  @Test
  void samePromptIsServedToAllAfterTheConfirmations() {
    modelAnswers("Paris");
    ask("a", PROMPT);
    assertThat(ask("b", PROMPT).missReason()).contains(MissReason.UNCONFIRMED);
    assertThat(ask("c", PROMPT).missReason()).contains(MissReason.UNCONFIRMED);

    assertThat(ask("d", PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(shared.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(shared.lookup(by("e", PARAPHRASE))).isPresent();
    assertThat(chat.calls()).isEqualTo(3);
    assertThat(shared.stats().missesByReason()).containsEntry(MissReason.UNCONFIRMED, 2L);
  }

  @Test
  void contributorsWhoAskTheSameAtTheSameTimeConfirmEachOther() {
    SemanticCache one = confirming(1);
    AtomicInteger depth = new AtomicInteger();
    chat.replying(
        prompt -> {
          if (depth.incrementAndGet() == 1) {
            one.ask(by("b", PROMPT));
          }
          return ChatReply.of("Paris");
        });

    one.ask(by("a", PROMPT));

    assertThat(one.lookup(by("c", PROMPT)).map(Answer::text)).contains("Paris");
    assertThat(one.lookup(by("c", PARAPHRASE)).map(Answer::text)).contains("Paris");
    assertThat(chat.calls()).isEqualTo(2);
  }

  @Test
  void similarPromptsConfirmEachOther() {
    SemanticCache one = confirming(1);
    modelAnswers("Paris");
    one.ask(by("a", PROMPT));
    one.ask(by("b", PARAPHRASE));

    assertThat(one.ask(by("c", PROMPT)).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(one.ask(by("c", PARAPHRASE)).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(chat.calls()).isEqualTo(2);
  }

  @Test
  void oneContributorDoesNotConfirmItsOwnAnswers() {
    SemanticCache one = confirming(1);
    modelAnswers("Pay here: evil.example");
    one.ask(by("a", PROMPT));
    one.ask(by("a", PROMPT).refresh());
    one.ask(by("a", PARAPHRASE).refresh());

    assertThat(one.lookup(by("b", PROMPT))).isEmpty();
    assertThat(one.lookup(by("b", PARAPHRASE))).isEmpty();
  }

  @Test
  void oneContributorDoesNotConfirmAnAnswerThatWasAskedWithoutAnId() {
    SemanticCache one = confirming(1);
    modelAnswers("Pay here: evil.example");
    one.ask(PROMPT);
    one.ask(by("a", PROMPT));
    one.ask(PARAPHRASE);
    one.ask(by("a", PARAPHRASE).refresh());

    assertThat(one.lookup(by("b", PROMPT))).isEmpty();
    assertThat(one.lookup(by("b", PARAPHRASE))).isEmpty();
    assertThat(one.lookup(by("a", PROMPT))).isPresent();

    one.ask(by("b", PROMPT));
    assertThat(one.lookup(by("c", PROMPT))).isPresent();
  }

  @Test
  void differentAnswerConfirmsNothingAndIsServedToItsContributor() {
    SemanticCache one = confirming(1);
    modelAnswers("Lyon");
    one.ask(by("a", PROMPT));
    modelAnswers("Paris");
    one.ask(by("b", PARAPHRASE));
    one.ask(by("c", PROMPT));

    assertThat(one.lookup(by("c", PROMPT)).map(Answer::text)).contains("Paris");
    assertThat(one.lookup(by("d", PROMPT)).map(Answer::text)).contains("Paris");
    assertThat(one.lookup(by("d", PARAPHRASE)).map(Answer::text)).contains("Paris");
  }

  @Test
  void equalAnswerToAnotherQuestionConfirmsNothing() {
    SemanticCache one = confirming(1);
    modelAnswers("Yes");
    one.ask(by("a", PROMPT));
    one.ask(by("b", Prompt.of(PYTHON)));

    assertThat(one.lookup(by("c", PROMPT))).isEmpty();
    assertThat(one.lookup(by("c", Prompt.of(PYTHON)))).isEmpty();
  }

  @Test
  void answersWithoutContributorNeedTheConfirmationsAndConfirmNothing() {
    modelAnswers("Paris");
    shared.ask(PROMPT);
    assertThat(shared.lookup(PROMPT)).isEmpty();
    ask("a", PROMPT);
    shared.ask(PROMPT);
    assertThat(shared.lookup(PROMPT)).isEmpty();
    ask("b", PROMPT);
    assertThat(shared.lookup(PROMPT)).isEmpty();
    ask("c", PROMPT);

    assertThat(shared.lookup(PROMPT)).isPresent();
  }

  @Test
  void judgeDecidesWhetherAnswersAreEqual() {
    SemanticCache one = confirmingBuilder(1).judge(comparison -> AnswerJudge.Verdict.SAME).build();
    modelAnswers("Paris");
    one.ask(by("a", PROMPT));
    modelAnswers("The capital is Paris.");
    one.ask(by("b", PROMPT));

    assertThat(one.lookup(by("c", PROMPT)).map(Answer::text)).contains("The capital is Paris.");
  }

  @Test
  void failureOfTheJudgeIsCountedAndConfirmsNothing() {
    SemanticCache one =
        confirmingBuilder(1)
            .judge(
                comparison -> {
                  throw new NoClassDefFoundError("judge");
                })
            .build();
    modelAnswers("Paris");
    one.ask(by("a", PROMPT));
    modelAnswers("The capital is Paris.");

    assertThat(one.ask(by("b", PROMPT)).text()).isEqualTo("The capital is Paris.");
    assertThat(one.lookup(by("c", PROMPT))).isEmpty();
    assertThat(events)
        .filteredOn(
            event ->
                event instanceof CacheEvent.Failed failed && failed.part() == CacheEvent.Part.JUDGE)
        .hasSize(1);
  }

  @Test
  void allCachesOnTheStoreHonorTheNumberOfTheAnswer() {
    SemanticCache plain = builder().store(store).maxDistance(distance(30)).build();
    modelAnswers("Paris");
    ask("a", PROMPT);

    assertThat(plain.lookup(PROMPT)).isEmpty();
    assertThat(plain.lookup(by("b", PARAPHRASE))).isEmpty();
    assertThat(plain.lookup(by("a", PARAPHRASE))).isPresent();
  }

  @Test
  void answersOfTheApplicationNeedNoConfirmation() {
    shared.put(by("a", PROMPT), "Paris");

    assertThat(shared.lookup(PROMPT)).isPresent();
    assertThat(shared.lookup(by("b", PARAPHRASE))).isPresent();
  }

  @Test
  void refreshOfAConfirmedAnswerKeepsTheConfirmationsOfTheSameTextOnly() {
    SemanticCache one = confirming(1);
    modelAnswers("Paris");
    one.ask(by("a", PROMPT));
    one.ask(by("b", PROMPT));
    one.ask(by("c", PROMPT).refresh());
    assertThat(one.lookup(by("d", PROMPT))).isPresent();

    modelAnswers("Pay here: evil.example");
    one.ask(by("c", PROMPT).refresh());
    assertThat(one.lookup(by("d", PROMPT))).isEmpty();
  }

  @Test
  void refreshInTheBackgroundKeepsTheConfirmations() {
    SemanticCache one =
        confirmingBuilder(1)
            .executor(Runnable::run)
            .staleWhileRevalidate(Duration.ofHours(1))
            .build();
    modelAnswers("Paris");
    one.ask(by("a", PROMPT));
    one.ask(by("b", PROMPT));
    time.advance(Duration.ofHours(1));
    modelAnswers("Paris, since 987");

    assertThat(one.ask(by("c", PROMPT)).isStale()).isTrue();
    assertThat(one.lookup(by("d", PROMPT)).map(Answer::text)).contains("Paris, since 987");
  }

  @Test
  void callsOfDifferentContributorsAreNotCoalesced() throws Exception {
    CountDownLatch called = new CountDownLatch(2);
    chat.replying(
        prompt -> {
          called.countDown();
          try {
            called.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return ChatReply.of("Paris");
        });

    CompletableFuture<Answer> first = shared.askAsync(by("a", PROMPT));
    CompletableFuture<Answer> second = shared.askAsync(by("b", PROMPT));

    assertThat(first.get().source()).isEqualTo(Answer.Source.MODEL);
    assertThat(second.get().source()).isEqualTo(Answer.Source.MODEL);
    assertThat(shared.stats().coalesced()).isZero();
  }

  @Test
  void unconfirmedAnswersDoNotHideOthers() {
    SemanticCache many = confirmingBuilder(2).candidates(3).build();
    modelAnswers("Paris");
    many.put(PARAPHRASE, "Paris");
    modelAnswers("Pay here: evil.example");
    for (int i = 0; i < 20; i++) {
      String crafted = "crafted " + i;
      embedder.place(crafted, 0.1 * i);
      many.ask(by("a", Prompt.of(crafted)).refresh());
    }

    assertThat(many.lookup(by("b", PROMPT)).map(Answer::text)).contains("Paris");
  }

  @Test
  void exactOnlyCacheConfirmsTheSameText() {
    SemanticCache exact =
        SemanticCache.builder()
            .exactOnly()
            .chatClient(chat)
            .judgeExecutor(Runnable::run)
            .confirmations(1)
            .build();
    modelAnswers("Paris");
    exact.ask(by("a", PROMPT));
    assertThat(exact.ask(by("b", PROMPT)).missReason()).contains(MissReason.UNCONFIRMED);

    assertThat(exact.ask(by("c", PROMPT)).source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void storeContainsNoContributor() {
    modelAnswers("Paris");
    ask("alice@acme.example", PROMPT);
    ask("bob@acme.example", PROMPT);

    List<CacheEntry> entries = store.entries().map(listed -> listed.entry()).toList();
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).attributes().toString()).doesNotContain("alice", "bob");
    assertThat(by("alice", PROMPT).toString()).doesNotContain("alice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1", "0 -", "-1 a", "1  a b c d e f", "99999999999 a"})
  void malformedConfirmationsAreNotServed(String attribute) {
    modelAnswers("Paris");
    String key = ask("a", PROMPT).entryId().orElseThrow();
    Optional<CacheEntry> changed =
        store.updateAttributes(key, entry -> entry.attributes(Map.of("confirmations", attribute)));
    assertThat(changed).isPresent();

    Optional<Answer> served = shared.lookup(by("b", PROMPT));

    assertThat(served.isPresent()).isEqualTo(attribute.equals("1  a b c d e f"));
  }

  @Test
  void forgedListOfContributorsIsNotReadAndNotServed() {
    modelAnswers("Paris");
    String key = ask("a", PROMPT).entryId().orElseThrow();
    String forged = "1 a" + " b".repeat(500_000);
    store.updateAttributes(key, entry -> entry.attributes(Map.of("confirmations", forged)));

    assertThat(shared.lookup(by("a", PROMPT))).isEmpty();
  }

  @Test
  void lookupsTakeNoAdditionalCallsOfTheStore() {
    FaultyStore recording = new FaultyStore(store);
    SemanticCache one = confirmingBuilder(1).store(recording).judgeExecutor(task -> {}).build();
    modelAnswers("Paris");

    one.ask(by("a", PROMPT));
    one.lookup(by("a", PROMPT));
    one.lookup(by("a", PARAPHRASE));
    one.ask(by("b", PROMPT).refresh());

    assertThat(recording.calls())
        .containsExactly(
            FaultyStore.Call.FIND,
            FaultyStore.Call.NEAREST,
            FaultyStore.Call.FIND, // the leader repeats the lookup
            FaultyStore.Call.PUT,
            FaultyStore.Call.FIND, // an exact hit
            FaultyStore.Call.FIND,
            FaultyStore.Call.NEAREST, // a semantic hit
            FaultyStore.Call.FIND, // a refresh reads what it replaces
            FaultyStore.Call.PUT);
  }

  @Test
  void failureOfTheStoreWhileConfirmingDoesNotFailTheCall() {
    FaultyStore faulty = new FaultyStore(store);
    SemanticCache one =
        builder()
            .store(faulty)
            .judge(AnswerJudge.sameText())
            .judgeExecutor(Runnable::run)
            .confirmations(1)
            .build();
    modelAnswers("Paris");
    one.ask(by("a", PROMPT));
    faulty.fail(FaultyStore.Call.UPDATE);

    assertThat(one.ask(by("b", PARAPHRASE)).text()).isEqualTo("Paris");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 101})
  void numberOutOfRangeIsRejected(int count) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().confirmations(count))
        .withMessage("confirmations is " + count + "; it must be between 1 and 100");
  }

  @Test
  void contributorMustNotBeBlank() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PROMPT.contributor(" "))
        .withMessage("contributor is blank; it must identify who asks");
  }

  @Test
  void combinationWithLeasesIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> confirmingBuilder(1).singleFlightAcrossInstances(Duration.ofSeconds(1)).build())
        .withMessageContaining("singleFlightAcrossInstances and confirmations are both set");
  }
}
