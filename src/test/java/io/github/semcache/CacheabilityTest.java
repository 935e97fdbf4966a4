package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Tests of prompts that bypass the cache because their answer must not be cached. */
class CacheabilityTest extends CacheFixture {
  private static final String WEATHER = "What is the weather in Rome?";
  private static final MissReason REASON = new MissReason("volatile-weather");
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  private final CacheabilityPolicy failing =
      prompt -> {
        throw new IllegalStateException("cacheability");
      };

  @Test
  void volatilePromptIsNeitherComparedNorStored() {
    Answer first = cache.ask(WEATHER);
    Answer second = cache.ask(WEATHER);

    assertThat(List.of(first.source(), second.source())).containsOnly(Answer.Source.MODEL);
    assertThat(second.missReason()).contains(REASON);
    assertThat(second.entryId()).isEmpty();
    assertThat(cache.lookup(Prompt.of(WEATHER))).isEmpty();
    assertThat(cache.explain(Prompt.of(WEATHER)))
        .isEqualTo(new Explanation(Optional.empty(), List.of(), Decision.miss(REASON)));
    assertThat(embedder.embedded()).isEmpty();
    assertThat(chat.calls()).isEqualTo(2);
    assertThat(cache.stats().requests()).isEqualTo(3);
    assertThat(cache.stats().missesByReason()).isEqualTo(Map.of(REASON, 3L));
  }

  @Test
  void refreshOfAVolatilePromptStoresNothing() {
    Answer answer = cache.ask(Prompt.of(WEATHER).refresh());

    assertThat(answer.missReason()).contains(REASON);
    assertThat(answer.entryId()).isEmpty();
  }

  @Test
  void promptWithATimeToLiveIsCachedForThatTime() {
    Prompt prompt = Prompt.of(WEATHER).timeToLive(FIVE_MINUTES);
    cache.ask(prompt);

    assertThat(cache.ask(prompt).source()).isEqualTo(Answer.Source.EXACT);
    time.advance(FIVE_MINUTES);
    assertThat(cache.ask(prompt).source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void putAnswerOfAVolatilePromptIsServedToTheSamePromptOnly() {
    cache.put(Prompt.of(WEATHER), "sunny");
    Answer same = cache.ask(WEATHER);
    Answer similar = cache.ask(WEATHER + "!");

    assertThat(same.text()).isEqualTo("sunny");
    assertThat(same.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(cache.lookup(Prompt.of(WEATHER))).isPresent();
    assertThat(cache.explain(Prompt.of(WEATHER)).exact()).isPresent();
    assertThat(similar.missReason()).contains(REASON);
    assertThat(similar.entryId()).isEmpty();
  }

  @Test
  void answerToAVolatilePromptWithAMaximumAgeExpiresAtThatAge() {
    cache.ask(Prompt.of(WEATHER).maxAge(FIVE_MINUTES));

    assertThat(cache.ask(WEATHER).source()).isEqualTo(Answer.Source.EXACT);
    time.advance(FIVE_MINUTES);
    assertThat(cache.ask(WEATHER).missReason()).contains(REASON);
  }

  @Test
  void maximumAgeDoesNotShortenOtherTimesToLive() {
    Duration hour = Duration.ofHours(1);
    cache.ask(Prompt.of(PARIS).maxAge(FIVE_MINUTES));
    cache.ask(Prompt.of(WEATHER).maxAge(FIVE_MINUTES).timeToLive(hour));
    time.advance(FIVE_MINUTES);

    assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(cache.ask(WEATHER).source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void exactHitDoesNotConsultThePolicy() {
    List<String> consulted = new ArrayList<>();
    CacheabilityPolicy policy =
        prompt -> {
          consulted.add(prompt.text());
          return Optional.empty();
        };
    try (SemanticCache counting = builder().cacheability(policy).build()) {
      counting.ask(PARIS);
      assertThat(counting.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);

      assertThat(consulted).containsExactly(PARIS);
    }
  }

  @Test
  void allPromptsAreCachedWithoutPolicy() {
    try (SemanticCache all = builder().cacheability(CacheabilityPolicy.none()).build()) {
      all.ask(WEATHER);

      assertThat(all.ask(WEATHER).source()).isEqualTo(Answer.Source.EXACT);
    }
  }

  @Test
  void ownPolicyDecidesUnlessThePromptBypassesTheCache() {
    MissReason reason = new MissReason("legal");
    try (SemanticCache own =
        builder()
            .cacheability(
                prompt -> prompt.text().equals(PARIS) ? Optional.of(reason) : Optional.empty())
            .build()) {
      assertThat(own.ask(PARIS).missReason()).contains(reason);
      assertThat(own.ask(Prompt.of(PARIS).bypass()).missReason()).contains(MissReason.BYPASS);
      assertThat(own.ask(PYTHON).entryId()).isPresent();
    }
  }

  @Test
  void promptBypassesTheCacheIfThePolicyFails() {
    try (SemanticCache faulty = builder().cacheability(failing).build();
        SemanticCache strict = builder().cacheability(failing).failOnCacheErrors().build()) {
      Answer answer = faulty.ask(PARIS);

      assertThat(answer.missReason()).contains(MissReason.POLICY_ERROR);
      assertThat(answer.entryId()).isEmpty();
      assertThat(faulty.stats().policyErrors()).isEqualTo(1);
      assertThat(embedder.embedded()).isEmpty();
      assertThatThrownBy(() -> faulty.explain(Prompt.of(PARIS))).hasMessage("cacheability");
      assertThatThrownBy(() -> strict.ask(PARIS)).hasMessage("cacheability");
    }
  }

  @Test
  void policyThatHangsEndsAtTheDeadline() {
    CountDownLatch never = new CountDownLatch(1);
    CacheabilityPolicy hanging =
        prompt -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return Optional.empty();
        };
    try (SemanticCache slow =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chat)
            .cacheability(hanging)
            .deadline(Duration.ofMillis(20))
            .build()) {
      Answer answer = slow.ask(PARIS);

      assertThat(answer.missReason()).contains(MissReason.DEADLINE);
      assertThat(answer.entryId()).isEmpty();
    }
  }
}
