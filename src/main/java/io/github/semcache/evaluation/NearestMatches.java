package io.github.semcache.evaluation;

import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The nearest earlier prompt of each prompt of a stream, if every prompt is stored. Prompts that
 * repeat an earlier one literally are left out.
 *
 * @param matches the nearest earlier prompts; empty for a prompt without an earlier one
 */
record NearestMatches(List<Optional<Nearest>> matches) {

  /**
   * The nearest earlier prompt.
   *
   * @param query the text of the prompt
   * @param match the entry of the earlier prompt
   * @param sameAnswer whether both prompts have the same label
   */
  record Nearest(String query, Match match, boolean sameAnswer) {
    double distance() {
      return match.distance();
    }

    /** Returns the score of a verifier, in [0, 1]. */
    double score(PairVerifier verifier) {
      Verification verification =
          verifier.verify(
              new PairVerifier.Pair(
                  query, match.entry().prompt(), match.entry().answer(), match.distance()));
      return Scores.of(verification);
    }
  }

  static NearestMatches of(Replay.Builder replay, List<LabeledPrompt> prompts) {
    Recorder recorder = new Recorder();
    List<Optional<Nearest>> matches = new ArrayList<>();
    for (ReplayedPrompt replayed : replay.build(recorder).run(prompts).prompts()) {
      if (!replayed.isHit()) {
        String label = replayed.prompt().label().orElse("");
        matches.add(recorder.decided.next(replayed).map(match -> nearest(replayed, match, label)));
      }
    }
    return new NearestMatches(matches);
  }

  private static Nearest nearest(ReplayedPrompt replayed, Match match, String label) {
    return new Nearest(
        replayed.answer().query().text(), match, match.entry().answer().equals(label));
  }

  /** Returns the matches up to a distance. */
  NearestMatches within(double distance) {
    return new NearestMatches(
        matches.stream()
            .filter(match -> match.filter(near -> near.distance() <= distance).isPresent())
            .toList());
  }

  /** Returns the scores; a prompt without an earlier one has the score 0. */
  List<PrecisionCurve.Scored> scores(ToDoubleFunction<Nearest> score) {
    return matches.stream()
        .map(
            match ->
                match
                    .map(
                        near ->
                            new PrecisionCurve.Scored(score.applyAsDouble(near), near.sameAnswer()))
                    .orElseGet(() -> new PrecisionCurve.Scored(0, false)))
        .toList();
  }

  /** Records the nearest match of each query, and misses. */
  private static final class Recorder implements HitPolicy {
    private final DecidedMatches decided = new DecidedMatches();

    @Override
    public Decision decide(Query query, List<Match> matches) {
      decided.add(query, matches.stream().findFirst());
      return Decision.miss(MissReason.NEVER);
    }
  }
}
