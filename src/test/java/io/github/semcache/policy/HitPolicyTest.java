package io.github.semcache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.testkit.Entries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HitPolicyTest {
  private static final String ASKED = "Is there a train from Berlin to Prague?";
  private static final String OTHER_CITY = "Is there a train from Berlin to Vienna?";
  private static final String SAME = "are there trains from Berlin to Prague";
  private static final EmbeddingSpace.Scale SCALE = new EmbeddingSpace.Scale(0.5);
  private static final Guard REJECTING = prompts -> Optional.of(new RejectionReason("custom"));

  private static Query query(Prompt prompt) {
    return Query.of(prompt, Normalizer.nfc(), Map.of());
  }

  private static Query query() {
    return query(Prompt.of(ASKED));
  }

  private static Match match(String prompt, double distance) {
    CacheEntry entry = Entries.entry(Scope.of(Map.of()), prompt, "answer", Instant.EPOCH);
    return new Match(entry, distance);
  }

  @Test
  void nearestEntryWithinTheThresholdIsAHit() {
    Match near = match(SAME, 0.15);

    assertThat(HitPolicy.maxDistance(0.15).decide(query(), List.of(near, match("x", 0.2))))
        .isEqualTo(Decision.hit(near));
    assertThat(HitPolicy.maxDistance(0.1499).decide(query(), List.of(near)))
        .isEqualTo(Decision.miss(MissReason.TOO_FAR));
    assertThat(HitPolicy.maxDistance(2).decide(query(), List.of()))
        .isEqualTo(Decision.miss(MissReason.NO_NEIGHBOR));
  }

  @Test
  void rejectionOfTheNearestEntryIsAMissWithItsReason() {
    Match city = match(OTHER_CITY, 0.05);
    Match negated = match("Is there no train from Berlin to Prague?", 0.05);
    Match right = match(SAME, 0.1);

    assertThat(HitPolicy.maxDistance(0.15).decide(query(), List.of(city, right)))
        .isEqualTo(Decision.miss(new MissReason("replaced-name")));
    assertThat(HitPolicy.maxDistance(0.15).decide(query(), List.of(negated, right)))
        .isEqualTo(Decision.miss(new MissReason("negation")));
  }

  @Test
  void guardsCanBeRemovedAndReplaced() {
    Match city = match(OTHER_CITY, 0.05);
    HitPolicy.Guarded policy = HitPolicy.maxDistance(0.15);

    assertThat(policy.unguarded().decide(query(), List.of(city))).isEqualTo(Decision.hit(city));
    assertThat(
            policy
                .guards(Guards.english().without(RejectionReason.REPLACED_NAME))
                .decide(query(), List.of(city)))
        .isEqualTo(Decision.hit(city));
  }

  @Test
  void guardedByAddsAGuard() {
    HitPolicy.Guarded policy = HitPolicy.maxDistance(0.15).guardedBy(REJECTING);

    assertThat(policy.decide(query(), List.of(match(SAME, 0.1))))
        .isEqualTo(Decision.miss(new MissReason("custom")));
    assertThat(policy.decide(query(), List.of(match(OTHER_CITY, 0.1))))
        .isEqualTo(Decision.miss(new MissReason("replaced-name")));
  }

  @Test
  void anyPolicyCanBeGuarded() {
    HitPolicy always =
        (query, matches) ->
            matches.isEmpty() ? Decision.miss(MissReason.NEVER) : Decision.hit(matches.get(0));
    Match city = match(OTHER_CITY, 0.5);
    Match right = match(SAME, 0.9);
    HitPolicy guarded = always.guardedBy(Guards.english());

    assertThat(guarded.decide(query(), List.of(right))).isEqualTo(Decision.hit(right));
    assertThat(guarded.decide(query(), List.of(city)))
        .isEqualTo(Decision.miss(new MissReason("replaced-name")));
    assertThat(guarded.decide(query(), List.of())).isEqualTo(Decision.miss(MissReason.NEVER));
  }

  @Test
  void guardAppliesToAudits() {
    HitPolicy audits = (query, matches) -> Decision.audit(matches.get(0), 0.5);

    assertThat(audits.guardedBy(Guards.english()).decide(query(), List.of(match(SAME, 0.1))))
        .isInstanceOf(Decision.Audit.class);
    assertThat(audits.guardedBy(REJECTING).decide(query(), List.of(match(SAME, 0.1))))
        .isEqualTo(Decision.miss(new MissReason("custom")));
  }

  @Test
  void exceptionOfAGuardIsThrownByDecide() {
    Guard failing =
        prompts -> {
          throw new IllegalStateException("injected failure");
        };

    assertThatThrownBy(
            () ->
                HitPolicy.maxDistance(0.15)
                    .guardedBy(failing)
                    .decide(query(), List.of(match(SAME, 0.1))))
        .hasMessage("injected failure");
  }

  @Test
  void maxDistanceOfThePromptTakesPrecedence() {
    Query withMaxDistance = query(Prompt.of(ASKED).maxDistance(0.3));

    assertThat(HitPolicy.maxDistance(0.1).decide(withMaxDistance, List.of(match(SAME, 0.3))))
        .isInstanceOf(Decision.Hit.class);
    assertThat(HitPolicy.relativeDistance(0.1).decide(withMaxDistance, List.of(match(SAME, 0.3))))
        .isInstanceOf(Decision.Hit.class);
    assertThat(HitPolicy.maxDistance(0.5).decide(withMaxDistance, List.of(match(SAME, 0.31))))
        .isEqualTo(Decision.miss(MissReason.TOO_FAR));
  }

  @Test
  void relativeDistanceIsConvertedWithTheScale() {
    HitPolicy.Guarded policy = HitPolicy.relativeDistance(0.08, SCALE);

    assertThat(policy.decide(query(), List.of(match(SAME, 0.04)))).isInstanceOf(Decision.Hit.class);
    assertThat(policy.decide(query(), List.of(match(SAME, 0.0401))))
        .isEqualTo(Decision.miss(MissReason.TOO_FAR));
  }

  @Test
  void relativeDistanceMissesUntilTheScaleIsKnown() {
    List<EmbeddingSpace.Scale> scales = new ArrayList<>();
    HitPolicy.Guarded policy = HitPolicy.relativeDistance(0.08);
    HitPolicy.Guarded scaled = policy.scaledBy(() -> scales.stream().findFirst());

    assertThat(policy.decide(query(), List.of(match(SAME, 0.01))))
        .isEqualTo(Decision.miss(MissReason.UNKNOWN_SCALE));
    assertThat(scaled.decide(query(), List.of(match(SAME, 0.01))))
        .isEqualTo(Decision.miss(MissReason.UNKNOWN_SCALE));
    scales.add(SCALE);
    assertThat(scaled.decide(query(), List.of(match(SAME, 0.01)))).isInstanceOf(Decision.Hit.class);
  }

  @Test
  void scaleIsRequestedOnlyIfNeeded() {
    List<String> requests = new ArrayList<>();
    EmbeddingSpace.Scale.Source source =
        () -> {
          requests.add("requested");
          return Optional.of(SCALE);
        };

    HitPolicy.maxDistance(0.1).scaledBy(source);
    HitPolicy.relativeDistance(0.1, SCALE).scaledBy(source);
    assertThat(requests).isEmpty();
    HitPolicy.relativeDistance(0.1).scaledBy(source);
    assertThat(requests).hasSize(1);
  }

  @Test
  void guardedPolicyPassesTheScaleToItsPolicy() {
    HitPolicy always = (query, matches) -> Decision.hit(matches.get(0));
    HitPolicy.Scaled unscaled = new Unscaled();

    assertThat(
            ((HitPolicy.Scaled) unscaled.guardedBy(Guards.none()))
                .scaledBy(() -> Optional.of(SCALE)))
        .isEqualTo(new GuardedPolicy(new FixedScale(SCALE), Guards.none()));
    HitPolicy guarded = always.guardedBy(Guards.none());
    assertThat(((HitPolicy.Scaled) guarded).scaledBy(() -> Optional.of(SCALE))).isSameAs(guarded);
  }

  private record FixedScale(EmbeddingSpace.Scale scale) implements HitPolicy {
    @Override
    public Decision decide(Query query, List<Match> matches) {
      return Decision.miss(MissReason.NEVER);
    }
  }

  private record Unscaled() implements HitPolicy.Scaled {
    @Override
    public Decision decide(Query query, List<Match> matches) {
      return Decision.miss(MissReason.UNKNOWN_SCALE);
    }

    @Override
    public HitPolicy scaledBy(EmbeddingSpace.Scale.Source scale) {
      return new FixedScale(scale.scale().orElseThrow());
    }
  }

  @Test
  void sameWordsAcceptsOtherWordOrderAndInflections() {
    HitPolicy policy = HitPolicy.sameWords().scaledBy(() -> Optional.of(SCALE));

    assertThat(policy.decide(query(), List.of(match(SAME, 0.05)))).isInstanceOf(Decision.Hit.class);
    assertThat(policy.decide(query(), List.of(match(SAME, 0.0501))))
        .isEqualTo(Decision.miss(MissReason.TOO_FAR));
    assertThat(
            policy.decide(
                query(), List.of(match("Is there a fast train from Berlin to Prague?", 0.02))))
        .isEqualTo(Decision.miss(new MissReason("other-words")));
    assertThat(
            policy.decide(query(), List.of(match("Is there a train from Prague to Berlin?", 0.02))))
        .isEqualTo(Decision.miss(new MissReason("swapped-order")));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.001, 1.001, Double.NaN})
  void relativeDistanceOutOfRangeIsRejected(double distance) {
    assertThatThrownBy(() -> HitPolicy.relativeDistance(distance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("relativeDistance is " + distance + "; it must be between 0 and 1");
  }
}
