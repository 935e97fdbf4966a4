package io.github.semcache.learning;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.LabeledDecision;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Made-up traffic in front of a policy: topics come in families whose members lie close together,
 * each prompt is a noisy copy of its topic, and a label says which answer is right.
 */
final class SyntheticStream {
  private static final int DIMENSION = 24;
  private static final int FAMILY = 4;

  private final ErrorBudget policy;
  private final Random random;
  private final Random people;
  private final int topics;
  private final int firstTopic;
  private final InMemoryVectorStore store =
      InMemoryVectorStore.builder(new EmbeddingSpace("synthetic", DIMENSION)).build();
  private int asked;

  /** How often the last topic has an answer that no other prompt has; the others in proportion. */
  double singular;

  /** The share of the right hits, and of the wrong ones, that people speak of. */
  double praised;

  double blamed;
  int hits;
  int wrong;
  int audits;

  SyntheticStream(ErrorBudget policy, int topics, int firstTopic, long seed) {
    this.policy = policy;
    this.topics = topics;
    this.firstTopic = firstTopic;
    this.random = new Random(seed);
    this.people = new Random(seed + 1);
  }

  /** Other topics from now on, in front of the same policy and the same store. */
  SyntheticStream then(int otherFirstTopic) {
    SyntheticStream next = new SyntheticStream(policy, topics, otherFirstTopic, otherFirstTopic);
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
    double share = singular * (topic - firstTopic) / topics;
    String answer = share > people.nextDouble() ? "only " + asked : "" + topic;
    List<Match> matches =
        store
            .nearest(new NearestQuery(embedding, query.scope().hash(), 10, Optional.empty()))
            .matches();
    Decision decision = policy.decide(query, matches);
    if (decision instanceof Decision.Hit hit) {
      hits++;
      boolean right = hit.match().entry().answer().equals(answer);
      wrong += right ? 0 : 1;
      if ((right ? praised : blamed) > people.nextDouble()) {
        learn(query, matches, hit.match(), decision, right);
      }
      return;
    }
    audits += decision instanceof Decision.Audit ? 1 : 0;
    store(query, answer, embedding, matches, decision);
  }

  private void learn(
      Query query, List<Match> matches, Match judged, Decision decision, boolean right) {
    Verdict verdict = right ? Verdict.SAME : Verdict.DIFFERENT;
    policy.learn(
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
      learn(query, matches, nearest, decision, same);
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
