package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.decision.VerifiedDecision;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.internal.text.SharedText;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the candidates that the policy admits, with timing and failure handling. If a candidate
 * is not accepted, the policy decides on the remaining ones. If a candidate has a {@linkplain
 * SharedText long common beginning or end} with the query, the policy must also admit it at the
 * distance of the parts in which they differ.
 */
final class CandidateVerifier {
  private static final Verification DIFFERENT_PART = Verification.reject("different-part");

  private final PairVerifier verifier;
  private final ResilientEmbedder embedder;
  private final EventPublisher events;
  private final FailOpen failOpen;

  CandidateVerifier(
      PairVerifier verifier, ResilientEmbedder embedder, EventPublisher events, FailOpen failOpen) {
    this.verifier = verifier;
    this.embedder = embedder;
    this.events = events;
    this.failOpen = failOpen;
  }

  /** Returns whether candidates must be accepted by a verifier. */
  boolean verifies() {
    return verifier != PairVerifier.none();
  }

  /**
   * Decides on the candidates of a query. If the verifier fails, the decision is a miss.
   *
   * @param policy decides on a list of candidates; must not throw
   */
  VerifiedDecision decide(
      Query query, List<Match> matches, Function<List<Match>, Decision> policy) {
    Decision decision = policy.apply(matches);
    if (verifier == PairVerifier.none() || decision instanceof Decision.Miss) {
      return new VerifiedDecision(decision, Optional.empty());
    }
    OneLookup lookup = new OneLookup(query, policy);
    return VerifiedDecision.of(decision, matches, policy, stages(lookup::tryVerify));
  }

  /**
   * Returns the candidates that the policy admits one by one and the verifier accepts. Stops when
   * as many candidates were not accepted as a lookup verifies.
   *
   * @param policy decides on a list of candidates; must not throw
   * @param limit the maximum number of accepted candidates
   */
  List<Accepted> accepted(
      Query query, List<Match> matches, Function<List<Match>, Decision> policy, int limit) {
    OneLookup lookup = new OneLookup(query, policy);
    List<Accepted> accepted = new ArrayList<>();
    int refused = 0;
    for (Match match : matches) {
      if (accepted.size() == limit || refused == VerifiedDecision.maxCandidates(stageCount())) {
        break;
      }
      if (VerifiedDecision.chosen(policy.apply(List.of(match))).isEmpty()) {
        continue;
      }
      Optional<Verification> verification =
          verifier == PairVerifier.none() ? Optional.empty() : lookup.tryVerify(match);
      if (verifier == PairVerifier.none()
          || verification.filter(Verification::isAccepted).isPresent()) {
        accepted.add(new Accepted(match, verification));
      } else {
        refused++;
      }
    }
    return accepted;
  }

  /** A candidate that may be served; without a verification if there is no verifier. */
  record Accepted(Match match, Optional<Verification> verification) {}

  /** The verifications of one lookup. */
  private final class OneLookup {
    private final Query query;
    private final Function<List<Match>, Decision> policy;
    private final Map<String, Embedding> parts = new HashMap<>();
    private final Map<Match, Verification> differentParts = new HashMap<>();
    private final Map<Match, Duration> unsureTimes = new HashMap<>();
    private @Nullable List<PairVerifier> started;

    OneLookup(Query query, Function<List<Match>, Decision> policy) {
      this.query = query;
      this.policy = policy;
    }

    /** Verifies a match with all stages; empty if the verifier fails. */
    Optional<Verification> tryVerify(Match match) {
      return verifyWithAll(match, this::tryVerify);
    }

    /** Consults one stage on a match; empty if the verifier fails. */
    Optional<Verification> tryVerify(Match match, int stage) {
      Optional<Verification> different = findDifferentPart(match, stage);
      return different.isPresent()
          ? different
          : failOpen.attempt(Operation.VERIFY, () -> verifyWhole(match, stage));
    }

    /** Consults one stage on a match. Failures of the verifier are thrown. */
    Verification verify(Match match, int stage) {
      return findDifferentPart(match, stage)
          .orElseGet(() -> failOpen.require(Operation.VERIFY, () -> verifyWhole(match, stage)));
    }

    /** Consults a stage. If it is unsure and another one follows, nothing is published yet. */
    private Verification verifyWhole(Match match, int stage) {
      List<PairVerifier> verifiers = verifiers();
      PairVerifier.Pair pair = VerifiedDecision.pair(query, match);
      EventPublisher.Stopwatch stopwatch = events.startStopwatch();
      Verification verification =
          requireNonNull(verifiers.get(stage).verify(pair), "the verifier returned null");
      Duration took = stopwatch.elapsed().plus(unsureTimes.getOrDefault(match, Duration.ZERO));
      if (isUnsure(verification) && stage + 1 < verifiers.size()) {
        unsureTimes.put(match, took);
      } else {
        events.publish(new CacheEvent.Verified(verification, match.distance(), took));
      }
      return verification;
    }

    /**
     * Compares the parts in which the texts differ, if they have a long common text. Empty unless
     * the match must not be served, which the first stage determines for all stages.
     */
    private Optional<Verification> findDifferentPart(Match match, int stage) {
      if (stage > 0) {
        return Optional.ofNullable(differentParts.get(match));
      }
      Optional<SharedText> texts = SharedText.of(query.text(), match.entry().prompt());
      if (texts.isEmpty()) {
        return Optional.empty();
      }
      EventPublisher.Stopwatch stopwatch = events.startStopwatch();
      Verification decision = compareParts(match, texts.get());
      if (decision.isAccepted()) {
        return Optional.empty();
      }
      events.publish(new CacheEvent.Verified(decision, match.distance(), stopwatch.elapsed()));
      differentParts.put(match, decision);
      return Optional.of(decision);
    }

    private Verification compareParts(Match match, SharedText texts) {
      if (!reads(texts.first()) || !reads(texts.second())) {
        return DIFFERENT_PART;
      }
      Optional<Embedding> first = tryEmbed(texts.first());
      Optional<Embedding> second = first.flatMap(embedded -> tryEmbed(texts.second()));
      if (first.isEmpty() || second.isEmpty()) {
        return Verification.unsure(MissReason.EMBEDDER_ERROR.code());
      }
      double distance = Math.min(2, Math.max(0, first.get().cosineDistance(second.get())));
      Decision decision = policy.apply(List.of(new Match(match.entry(), distance)));
      return decision instanceof Decision.Miss ? DIFFERENT_PART : Verification.accept();
    }

    private boolean reads(String part) {
      return embedder.tryRead(part).orElse(false);
    }

    private Optional<Embedding> tryEmbed(String part) {
      Optional<Embedding> known = Optional.ofNullable(parts.get(part));
      Optional<Embedding> embedding =
          known.isPresent() ? known : failOpen.attempt(Operation.EMBED, () -> embedder.embed(part));
      embedding.ifPresent(computed -> parts.put(part, computed));
      return embedding;
    }

    private List<PairVerifier> verifiers() {
      List<PairVerifier> current = started;
      if (current == null) {
        current = requireNonNull(verifier.forLookup(), "the verifier returned null").stages();
        if (current.size() != stageCount()) {
          throw new IllegalStateException(
              "forLookup() returns a verifier of %d stages; it must have %d, as the verifier has"
                  .formatted(current.size(), stageCount()));
        }
        started = current;
      }
      return current;
    }
  }

  /** Verifies a match with one stage of the verifier; empty if the verifier fails. */
  private interface StagedVerification {
    Optional<Verification> verify(Match match, int stage);
  }

  private static boolean isUnsure(Verification verification) {
    return verification.outcome() == Verification.Outcome.UNSURE;
  }

  private int stageCount() {
    return verifier.stages().size();
  }

  private List<VerifiedDecision.Stage> stages(StagedVerification verification) {
    return IntStream.range(0, stageCount())
        .<VerifiedDecision.Stage>mapToObj(stage -> match -> verification.verify(match, stage))
        .toList();
  }

  /** Verifies a match with one stage after the other, as long as they are unsure. */
  private Optional<Verification> verifyWithAll(Match match, StagedVerification verification) {
    Optional<Verification> decision = verification.verify(match, 0);
    for (int stage = 1; stage < stageCount(); stage++) {
      if (decision.filter(CandidateVerifier::isUnsure).isEmpty()) {
        break;
      }
      Verification.Cost before = decision.get().cost();
      decision = verification.verify(match, stage).map(next -> next.plusCost(before));
    }
    return decision;
  }

  /**
   * Explains the decision on the candidates of a query. Verifies as many candidates as a lookup.
   * Failures are thrown.
   */
  Explained explain(Query query, List<Match> matches, HitPolicy policy) {
    Function<List<Match>, Decision> decide =
        candidates -> failOpen.require(Operation.DECIDE, () -> policy.decide(query, candidates));
    if (verifier == PairVerifier.none()) {
      return new Explained(
          matches.stream().map(match -> explain(match, decide, one -> Optional.empty())).toList(),
          decide.apply(matches));
    }
    ExplainedLookup lookup = new ExplainedLookup(new OneLookup(query, decide));
    VerifiedDecision verified =
        VerifiedDecision.of(decide.apply(matches), matches, decide, stages(lookup::verify));
    return new Explained(
        matches.stream().map(match -> explain(match, decide, lookup::verification)).toList(),
        verified.decision());
  }

  /** Verifies each match once, and none beyond the maximum of a lookup. */
  private final class ExplainedLookup {
    private final OneLookup lookup;
    private final Map<Match, Verification> verified = new HashMap<>();

    ExplainedLookup(OneLookup lookup) {
      this.lookup = lookup;
    }

    Optional<Verification> verify(Match match, int stage) {
      Verification decision = lookup.verify(match, stage);
      verified.merge(match, decision, (before, next) -> next.plusCost(before.cost()));
      return Optional.of(decision);
    }

    Optional<Verification> verification(Match match) {
      if (!verified.containsKey(match)
          && verified.size() < VerifiedDecision.maxCandidates(stageCount())) {
        verifyWithAll(match, this::verify);
      }
      return Optional.ofNullable(verified.get(match));
    }
  }

  private static Explanation.Candidate explain(
      Match match,
      Function<List<Match>, Decision> policy,
      Function<Match, Optional<Verification>> verify) {
    Decision decision = policy.apply(List.of(match));
    Optional<Verification> verification = VerifiedDecision.chosen(decision).flatMap(verify);
    Decision verified =
        verification
            .filter(result -> !result.isAccepted())
            .map(VerifiedDecision::toMiss)
            .orElse(decision);
    return new Explanation.Candidate(match, verified, verification);
  }

  /** The decisions on the candidates one by one, and on all of them together. */
  record Explained(List<Explanation.Candidate> candidates, Decision decision) {}
}
