package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of the further keys of an entry, which a chat model accepts. */
class AcceptedWordingTest extends CacheFixture {
  private final AtomicInteger calls = new AtomicInteger();
  private final PairVerifier verifier =
      PairVerifier.chat(
          ChatClient.of(
              "small",
              prompt -> {
                calls.incrementAndGet();
                return "ACCEPT";
              }));
  private final InMemoryVectorStore store =
      InMemoryVectorStore.builder(embedder).timeSource(time).build();
  private final SemanticCache verified =
      builder().store(store).verifier(verifier).timeToLive(Duration.ofMinutes(10)).build();

  @AfterEach
  void close() {
    verified.close();
    store.close();
  }

  private CacheEntry entry(Answer answer) {
    return store.find(answer.query().key()).orElseThrow();
  }

  @Test
  void modelIsAskedOncePerWording() {
    Answer first = verified.ask(PARIS);
    Answer accepted = verified.ask(PARIS_PARAPHRASE);
    time.advance(Duration.ofMinutes(1));
    Answer again = verified.ask(PARIS_PARAPHRASE);

    assertThat(accepted.source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(accepted.entryId()).isEqualTo(first.entryId());
    assertThat(again.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.age()).isEqualTo(Duration.ofMinutes(1));
    assertThat(calls).hasValue(1);
    assertThat(verified.stats().verifications().modelCalls()).isEqualTo(1);
    assertThat(entry(again).group()).isEqualTo(entry(first).group());
    assertThat(chat.calls()).isEqualTo(1);
  }

  @Test
  void furtherKeyExpiresWithTheEntry() {
    verified.ask(PARIS);
    time.advance(Duration.ofMinutes(9));
    verified.ask(PARIS_PARAPHRASE);

    time.advance(Duration.ofSeconds(59));
    assertThat(verified.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.EXACT);
    time.advance(Duration.ofSeconds(2));
    assertThat(verified.ask(PARIS_PARAPHRASE).missReason()).contains(MissReason.NO_NEIGHBOR);
  }

  @Test
  void furtherKeyOfAFurtherKeyExpiresWithTheFirstEntry() {
    String third = "France: capital?";
    embedder.place(third, 40);
    verified.ask(PARIS);
    time.advance(Duration.ofMinutes(6));
    verified.ask(PARIS_PARAPHRASE);
    time.advance(Duration.ofMinutes(3));

    assertThat(verified.ask(third).matchedPrompt()).contains(PARIS_PARAPHRASE);
    assertThat(verified.ask(third).source()).isEqualTo(Answer.Source.EXACT);
    time.advance(Duration.ofMinutes(2));
    assertThat(verified.ask(third).source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void timeToLiveOfThePromptLimitsTheFurtherKey() {
    verified.ask(Prompt.of(PARIS).timeToLive(Duration.ofSeconds(30)));
    verified.ask(PARIS_PARAPHRASE);

    time.advance(Duration.ofSeconds(31));
    assertThat(verified.ask(PARIS_PARAPHRASE).isHit()).isFalse();
  }

  @Test
  void furtherKeyOfAnEntryWithoutExpiryDoesNotExpire() {
    try (SemanticCache lasting = builder().store(store).verifier(verifier).noExpiry().build()) {
      lasting.put(Prompt.of(PARIS), "Paris");
      lasting.lookup(Prompt.of(PARIS_PARAPHRASE));

      time.advance(Duration.ofDays(400));
      assertThat(lasting.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.EXACT);
    }
  }

  @Test
  void nothingIsStoredForAVerifierWithoutModelCallsOrInShadowMode() {
    try (SemanticCache local =
            builder().store(store).verifier(pair -> Verification.accept()).build();
        SemanticCache shadow = builder().store(store).verifier(verifier).shadowMode().build()) {
      local.ask(PARIS);

      assertThat(local.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
      shadow.ask(PARIS_PARAPHRASE);
      assertThat(local.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
    }
  }

  @Test
  void candidateIsVerifiedAfterAMissWithoutTheCaller() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    try (SemanticCache cache =
        builder()
            .store(store)
            .verifier(pair -> Verification.unsure("band"))
            .verifierAfterMiss(
                pair -> {
                  awaitUnchecked(answered);
                  return verifier.verify(pair);
                })
            .build()) {
      cache.put(Prompt.of(PARIS), "Paris");

      assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
      assertThat(calls).hasValue(0);
      answered.countDown();

      await().until(() -> cache.lookup(Prompt.of(PARIS_PARAPHRASE)).isPresent());
      Answer promoted = cache.ask(PARIS_PARAPHRASE);
      assertThat(promoted.source()).isEqualTo(Answer.Source.EXACT);
      assertThat(promoted.text()).isEqualTo("Paris");
      assertThat(cache.stats().verifications().accepted()).isEqualTo(1);
    }
  }

  @Test
  void answerOfTheModelIsNotReplacedAfterAMiss() throws Exception {
    CountDownLatch stored = new CountDownLatch(1);
    CountDownLatch decided = new CountDownLatch(1);
    try (SemanticCache cache =
        builder()
            .store(store)
            .verifier(pair -> Verification.unsure("band"))
            .verifierAfterMiss(
                pair -> {
                  awaitUnchecked(stored);
                  decided.countDown();
                  return Verification.accept();
                })
            .build()) {
      cache.put(Prompt.of(PARIS), "Paris");

      assertThat(cache.ask(PARIS_PARAPHRASE).text()).isEqualTo("answer 1");
      stored.countDown();
      decided.await();

      await().until(() -> cache.stats().verifications().accepted() == 1);
      assertThat(cache.ask(PARIS_PARAPHRASE).text()).isEqualTo("answer 1");
    }
  }

  @Test
  void answerThatIsRemovedWhileAModelVerifiesItIsNotStoredAgain() {
    PairVerifier removing =
        pair -> {
          store.remove(new EntrySelector.All());
          return Verification.accept().plusCost(new Verification.Cost(1, 0, 0));
        };
    try (SemanticCache cache = builder().store(store).verifier(removing).build()) {
      cache.put(Prompt.of(PARIS), "Paris");

      assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isPresent();
    }

    assertThat(store.count(new EntrySelector.All())).isZero();
  }

  @Test
  void failureAfterAMissIsCounted() {
    try (SemanticCache cache =
        builder()
            .store(store)
            .verifier(pair -> Verification.unsure("band"))
            .verifierAfterMiss(
                pair -> {
                  throw new IllegalStateException("down");
                })
            .build()) {
      cache.put(Prompt.of(PARIS), "Paris");
      cache.lookup(Prompt.of(PARIS_PARAPHRASE));

      await().until(() -> cache.stats().verifierErrors() == 1);
      assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void reportOfAWrongAnswerAlsoConcernsTheFurtherKey() {
    verified.ask(PARIS);
    Answer accepted = verified.ask(PARIS_PARAPHRASE);

    verified.reportWrong(accepted);

    assertThat(verified.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(verified.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void replacedAnswerReplacesTheAnswersOfFurtherKeys() {
    String third = "France: capital?";
    embedder.place(third, 40);
    String id = verified.ask(PARIS).entryId().orElseThrow();
    verified.ask(PARIS_PARAPHRASE);
    verified.ask(third);
    assertThat(verified.size()).isEqualTo(3);

    assertThat(verified.replaceAnswer(id, ChatReply.of("corrected"))).isTrue();

    for (String wording : List.of(PARIS, PARIS_PARAPHRASE)) {
      assertThat(verified.ask(wording).text()).isEqualTo("corrected");
    }
    assertThat(verified.ask(third).text()).isEqualTo("corrected");
    assertThat(chat.calls()).isEqualTo(1);
  }

  @Test
  void replacedAnswerOfAFurtherKeyReplacesThatOfTheEntry() {
    verified.ask(PARIS);
    verified.ask(PARIS_PARAPHRASE);
    String id = verified.ask(PARIS_PARAPHRASE).entryId().orElseThrow();

    assertThat(verified.replaceAnswer(id, ChatReply.of("corrected"))).isTrue();

    assertThat(verified.ask(PARIS).text()).isEqualTo("corrected");
    assertThat(verified.ask(PARIS_PARAPHRASE).text()).isEqualTo("corrected");
    assertThat(chat.calls()).isEqualTo(1);
  }

  @Test
  void furtherKeyIsReplacedAloneIfTheEntryHasAnotherAnswer() {
    verified.ask(PARIS);
    verified.ask(PARIS_PARAPHRASE);
    String id = verified.ask(PARIS_PARAPHRASE).entryId().orElseThrow();
    verified.ask(Prompt.of(PARIS).refresh());

    assertThat(verified.replaceAnswer(id, ChatReply.of("corrected"))).isTrue();

    assertThat(verified.ask(PARIS).text()).isEqualTo("answer 2");
    assertThat(verified.ask(PARIS_PARAPHRASE).text()).isEqualTo("corrected");
    verified.invalidate(Prompt.of(PARIS));
    assertThat(verified.replaceAnswer(id, ChatReply.of("again"))).isTrue();
    assertThat(verified.ask(PARIS_PARAPHRASE).text()).isEqualTo("again");
  }
}
