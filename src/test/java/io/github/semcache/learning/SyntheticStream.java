package io.github.semcache.learning;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Synthetic traffic for a learner. Topics form families whose members are near each other, each
 * prompt is a noisy copy of its topic, and a label states the right answer.
 */
final class SyntheticStream {
  private static final int DIMENSION = 24;
  private static final int FAMILY = 4;

  private final Learner learner;
  private final Random random;
  private final Random users;
  private final int topics;
  private final int firstTopic;
  private final InMemoryVectorStore store =
      InMemoryVectorStore.builder(new EmbeddingSpace("synthetic", DIMENSION)).build();
  private int asked;

  /** The rate of unique answers of the last topic; proportionally lower for the others. */
  double maxUniqueRate;

  /** The rates of right and of wrong hits that users report. */
  double confirmedRate;

  double rejectedRate;
  int hits;
  int wrong;
  int audits;

  SyntheticStream(Learner learner, int topics, int firstTopic, long seed) {
    this.learner = learner;
    this.topics = topics;
    this.firstTopic = firstTopic;
    this.random = new Random(seed);
    this.users = new Random(seed + 1);
  }

  /** Returns traffic with other topics for the same learner, with an empty store. */
  SyntheticStream then(int otherFirstTopic) {
    SyntheticStream next = new SyntheticStream(learner, topics, otherFirstTopic, otherFirstTopic);
    next.asked = asked;
    return next;
  }

  void run(int prompts) {
    for (int i = 0; i < prompts; i++) {
      ask(firstTopic + random.nextInt(topics));
    }
  }

  private void ask(int topic) {
    Query query =
        Query.of(
            Prompt.of("question " + asked++ + " about topic" + topic), Normalizer.none(), Map.of());
    Embedding embedding = near(topic);
    double uniqueRate = maxUniqueRate * (topic - firstTopic) / topics;
    String answer = uniqueRate > users.nextDouble() ? "only " + asked : "" + topic;
    List<Match> matches =
        store
            .nearest(new NearestQuery(embedding, query.scope().hash(), 10, Optional.empty()))
            .matches();
    Decision decision = learner.policy().decide(query, matches);
    if (decision instanceof Decision.Hit hit) {
      hits++;
      boolean right = hit.match().entry().answer().equals(answer);
      wrong += right ? 0 : 1;
      if ((right ? confirmedRate : rejectedRate) > users.nextDouble()) {
        update(query, matches, hit.match(), decision, right);
      }
      return;
    }
    audits += decision instanceof Decision.Audit ? 1 : 0;
    store(query, answer, embedding, matches, decision);
  }

  private void update(
      Query query, List<Match> matches, Match judged, Decision decision, boolean right) {
    Verdict verdict = right ? Verdict.SAME : Verdict.DIFFERENT;
    learner.update(
        new LabeledDecision(
            query, matches, judged, decision, verdict, Instant.ofEpochMilli(asked)));
  }

  private void store(
      Query query, String answer, Embedding embedding, List<Match> matches, Decision decision) {
    Instant at = Instant.ofEpochMilli(asked);
    CacheEntry entry =
        new CacheEntry(query.key(), query.scope().hash(), query.text(), answer, Map.of(), at);
    if (!matches.isEmpty()) {
      Match nearest = matches.get(0);
      boolean same = nearest.entry().answer().equals(answer);
      update(query, matches, nearest, decision, same);
      entry = same ? entry.group(nearest.entry().group()) : entry;
    }
    store.put(List.of(new NewEntry(entry, Optional.of(embedding), Optional.empty())));
  }

  private Embedding near(int topic) {
    Random family = new Random(topic / FAMILY);
    Random member = new Random(1_000_003L * topic);
    float[] components = new float[DIMENSION];
    for (int k = 0; k < DIMENSION; k++) {
      components[k] =
          (float)
              (family.nextGaussian() + 0.35 * member.nextGaussian() + 0.25 * random.nextGaussian());
    }
    return Embedding.of(components);
  }
}
