package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.Answer;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final HitPolicy NEAR = HitPolicy.maxDistance(0.1).unguarded();

  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("where is my card", 0)
          .place("where's my card", 5)
          .place("where is my card reader", 10)
          .place("how do I pay", 120)
          .place("how can I pay", 125);

  private static List<LabeledPrompt> stream() {
    return List.of(
        LabeledPrompt.of("where is my card", "arrival"),
        LabeledPrompt.of("how do I pay", "payment"),
        LabeledPrompt.of("where's my card", "arrival"),
        LabeledPrompt.of("where is my card reader", "reader"),
        LabeledPrompt.of("how can I pay", "payment"));
  }

  private Replay near() {
    return Replay.builder(embedder)
        .cache(cache -> cache.verifier(PairVerifier.none()))
        .hitPolicy(NEAR)
        .build();
  }

  /** The last one has two candidates; only the second of them has the same label. */
  private static final List<LabeledPrompt> TWO_CANDIDATES =
      List.of(
          LabeledPrompt.of("where is my card", "reader"),
          LabeledPrompt.of("where's my card", "arrival"),
          LabeledPrompt.of("where is my card reader", "reader"));

  @Test
  void labelsDecideOnOnePairOfALookup() {
    ReplayResult result =
        Replay.builder(embedder)
            .hitPolicy(NEAR)
            .labelsWhereUnsure(pair -> Verification.unsure("unsure"))
            .build()
            .run(TWO_CANDIDATES);

    assertThat(result.verifierCalls()).hasValue(2);
    assertThat(result.total().hits()).isZero();
  }

  @Test
  void labelsDecideOnSeveralPairsOfALookupIfAllowed() {
    ReplayResult result =
        Replay.builder(embedder)
            .hitPolicy(NEAR)
            .labelsWhereUnsure(pair -> Verification.unsure("unsure"), 2)
            .build()
            .run(TWO_CANDIDATES);

    assertThat(result.verifierCalls()).hasValue(3);
    assertThat(result.total().hits()).isEqualTo(1);
  }

  @Test
  void numberOfPairsOfALookupIsAtLeastOne() {
    Replay.Builder builder = Replay.builder(embedder);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.labelsWhereUnsure(PairVerifier.local(), 0))
        .withMessage("maxCallsPerLookup is 0; it must be at least 1");
  }

  /** Only the second prompt is near enough to the third one. */
  @Test
  void promptThatTheLabelsAcceptIsAKeyOfTheEntry() {
    ReplayResult result =
        Replay.builder(embedder)
            .hitPolicy(HitPolicy.maxDistance(0.005).unguarded())
            .labelsWhereUnsure(pair -> Verification.unsure("unsure"))
            .build()
            .run(
                List.of(
                    LabeledPrompt.of("where is my card", "card"),
                    LabeledPrompt.of("where's my card", "card"),
                    LabeledPrompt.of("where is my card reader", "card")));

    assertThat(result.verifierCalls()).hasValue(2);
    assertThat(result.total().hits()).isEqualTo(2);
  }

  @Test
  void hitsAndWrongHitsAreCounted() {
    ReplayResult result = near().run(stream());

    assertThat(result.total().requests()).isEqualTo(5);
    assertThat(result.total().hits()).isEqualTo(3);
    assertThat(result.total().wrongHits()).contains(1);
    assertThat(result.total().hitRate().value()).hasValue(0.6);
    assertThat(result.total().errorRate().orElseThrow().value()).hasValue(0.2);
    assertThat(result.total().precision().orElseThrow().value()).hasValue(2.0 / 3);
    assertThat(result.missesByReason())
        .isEqualTo(Map.of(MissReason.NO_NEIGHBOR, 1L, MissReason.TOO_FAR, 1L));
    assertThat(result.stats().semanticHits()).isEqualTo(3);
  }

  @Test
  void secondHalfContainsTheMiddleOfAnOddNumberOfPrompts() {
    ReplayCounts half = near().run(stream()).secondHalf();

    assertThat(half).isEqualTo(new ReplayCounts(3, 3, Optional.of(1)));
  }

  @Test
  void wrongHitHasBothPromptsBothLabelsAndTheDistance() {
    List<ReplayedPrompt> wrong = near().run(stream()).wrongHits();

    assertThat(wrong).hasSize(1);
    assertThat(wrong.get(0).prompt().text()).isEqualTo("where is my card reader");
    assertThat(wrong.get(0).prompt().label()).contains("reader");
    assertThat(wrong.get(0).answer().matchedPrompt()).contains("where is my card");
    assertThat(wrong.get(0).answer().text()).isEqualTo("arrival");
    assertThat(wrong.get(0).distance().orElseThrow()).isBetween(0.0150, 0.0153);
  }

  @Test
  void equalPromptWithAnotherLabelIsAWrongExactHit() {
    ReplayResult result =
        near()
            .run(
                List.of(
                    LabeledPrompt.of("how do I pay", "card"),
                    LabeledPrompt.of("how do I pay", "cash")));

    assertThat(result.wrongHits()).hasSize(1);
    assertThat(result.wrongHits().get(0).answer().source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void promptsWithoutLabelsHaveNoErrorRate() {
    ReplayResult result =
        near()
            .run(
                List.of(
                    LabeledPrompt.unlabeled("how do I pay"),
                    LabeledPrompt.unlabeled("how can I pay")));

    assertThat(result.total().hits()).isEqualTo(1);
    assertThat(result.total().errorRate()).isEmpty();
    assertThat(result.total().precision()).isEmpty();
    assertThat(result.wrongHits()).isEmpty();
  }

  @Test
  void scopesDoNotShareAnswers() {
    ReplayResult result =
        near()
            .run(
                List.of(
                    LabeledPrompt.of("how do I pay", "payment").scope("acme"),
                    LabeledPrompt.of("how can I pay", "payment").scope("other"),
                    LabeledPrompt.of("how can I pay", "payment")));

    assertThat(result.total().hits()).isZero();
  }

  @Test
  void timestampsDetermineOrderAndExpiry() {
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    List<LabeledPrompt> prompts =
        List.of(
            LabeledPrompt.of("how can I pay", "late").timestamp(noon.plusSeconds(7200)),
            LabeledPrompt.of("how do I pay", "payment").timestamp(noon),
            LabeledPrompt.of("how can I pay", "payment").timestamp(noon.plusSeconds(60)));

    ReplayResult withoutExpiry = near().run(prompts);
    ReplayResult withExpiry =
        Replay.builder(embedder)
            .hitPolicy(NEAR)
            .timeToLive(Duration.ofHours(1))
            .build()
            .run(prompts);

    assertThat(withoutExpiry.prompts())
        .extracting(ReplayedPrompt::isHit)
        .containsExactly(false, true, true);
    assertThat(withExpiry.prompts())
        .extracting(ReplayedPrompt::isHit)
        .containsExactly(false, true, false);
    assertThat(withExpiry.prompts().get(2).prompt().label()).contains("late");
  }

  @Test
  void orderDependsOnTheSeedOnly() {
    List<LabeledPrompt> prompts =
        IntStream.range(0, 50).mapToObj(i -> LabeledPrompt.of("prompt " + i, "" + i % 7)).toList();
    Replay.Builder replay = Replay.builder(embedder).hitPolicy(HitPolicy.never());

    assertThat(texts(replay.shuffled(1).build().run(prompts)))
        .isEqualTo(texts(replay.shuffled(1).build().run(prompts)))
        .isNotEqualTo(texts(replay.shuffled(2).build().run(prompts)))
        .containsExactlyInAnyOrderElementsOf(prompts.stream().map(LabeledPrompt::text).toList());
  }

  @Test
  void limitKeepsTheFirstPrompts() {
    ReplayResult result = Replay.builder(embedder).limit(2).build().run(stream());

    assertThat(texts(result)).containsExactly("where is my card", "how do I pay");
  }

  @Test
  void customStoreReceivesTheClockOfTheReplay() {
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    List<Instant> seen = new ArrayList<>();
    Replay.builder(embedder)
        .store(
            clock -> {
              seen.add(clock.instant());
              return InMemoryVectorStore.of(embedder);
            })
        .build()
        .run(List.of(LabeledPrompt.of("how do I pay", "payment").timestamp(noon)));

    assertThat(seen).hasSize(1);
  }

  @Test
  void progressIsReportedAfterEachPrompt() {
    List<Integer> counts = new ArrayList<>();
    Replay.builder(embedder).progress(counts::add).build().run(stream());

    assertThat(counts).containsExactly(1, 2, 3, 4, 5);
  }

  private List<LabeledPrompt> topics(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              String text = "topic " + i % 3 + ", wording " + i;
              embedder.place(text, i % 3 * 60 + i * 0.01);
              return LabeledPrompt.of(text, "topic " + i % 3);
            })
        .toList();
  }

  private Replay.Builder learning() {
    return Replay.builder(embedder).hitPolicy(ErrorBudget.of(0.1).warmUp(20)).shuffled(3);
  }

  @Test
  void learnedStateIsNotShared() {
    InMemoryVectorStore shared = InMemoryVectorStore.of(embedder);
    Replay replay = learning().cache(cache -> cache.stateStore(shared)).build();

    ReplayResult first = replay.run(topics(300));
    ReplayResult again = replay.run(topics(300));

    assertThat(shared.load("policy")).isEmpty();
    assertThat(again.total().hits()).isEqualTo(first.total().hits());
  }

  @Test
  void learningPolicyIsUpdatedBeforeTheNextPrompt() {
    ReplayResult result = learning().build().run(topics(300));

    long audits = result.missesByReason().getOrDefault(MissReason.AUDIT, 0L);
    assertThat(result.missesByReason()).containsEntry(MissReason.LEARNING, 20L);
    assertThat(result.stats().quality().right()).isEqualTo(audits).isPositive();
    assertThat(result.stats().quality().dropped()).isZero();
    assertThat(result.total().hits()).isGreaterThan(200);
    assertThat(result.stats().requests()).isEqualTo(300);
    assertThat(result.stats().policyErrors()).isZero();
  }

  @Test
  void eachRunStartsInTheInitialState() {
    Replay replay = learning().build();
    List<LabeledPrompt> prompts = topics(300);

    assertThat(hits(replay.run(prompts))).isEqualTo(hits(replay.run(prompts)));
  }

  private static List<Boolean> hits(ReplayResult result) {
    return result.prompts().stream().map(ReplayedPrompt::isHit).toList();
  }

  @Test
  void judgeCanBeReplaced() {
    ReplayResult result =
        learning()
            .cache(builder -> builder.judge(comparison -> Verdict.DIFFERENT))
            .build()
            .run(topics(100));

    assertThat(result.total().hits()).isZero();
  }

  @Test
  void learningPolicyDoesNotLearnWithoutLabels() {
    ReplayResult result =
        learning()
            .build()
            .run(
                topics(100).stream()
                    .map(prompt -> LabeledPrompt.unlabeled(prompt.text()))
                    .toList());

    assertThat(result.total().hits()).isZero();
    assertThat(result.stats().quality().unknown()).isPositive();
  }

  @Test
  void failureOfTheEmbedderEndsTheReplay() {
    embedder.failWith(new IllegalStateException("down"));

    assertThatThrownBy(() -> near().run(stream())).hasRootCauseMessage("down");
  }

  @Test
  void emptyListIsRejected() {
    assertThatThrownBy(() -> near().run(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prompts is empty; a replay needs at least one");
  }

  @Test
  void mixOfLabeledAndUnlabeledPromptsIsRejected() {
    assertThatThrownBy(
            () -> near().run(List.of(LabeledPrompt.of("a", "b"), LabeledPrompt.unlabeled("c"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("some prompts have a label and some do not; all or none must have one");
  }

  private static List<String> texts(ReplayResult result) {
    return result.prompts().stream().map(replayed -> replayed.prompt().text()).toList();
  }
}
