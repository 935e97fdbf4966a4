package io.github.semcache.bench;

import io.github.semcache.bench.StudyStream.Item;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often error budgets are exceeded over many streams and seeds, and compares the hits
 * with those of the best threshold in hindsight.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec -Dbench.main=io.github.semcache.bench.ErrorBudgetRuns
 *     -Dbench="1-5 text category"
 *     -Dbench.options="banking77_train.csv clinc150_train.csv snips.csv"
 * </pre>
 *
 * <p>The arguments are the range of seeds, the columns of the prompts and the labels, and three
 * files: similar intents, intents, and requests with slots. Embeddings and neighbors are cached in
 * {@code ~/.cache/semcache}; with them, a run of 10,000 prompts takes seconds. The learner and its
 * policy are those of the library. The cache around them is a minimal one: it looks up by text,
 * then by distance, and judges by labels before the next prompt.
 */
public final class ErrorBudgetRuns {
  private static final List<Double> BUDGETS = List.of(0.01, 0.02);
  private static final int CANDIDATES = 10;
  private static final double STEP = 0.004;

  private final List<String> texts;
  private final Query[] queries;
  private final NeighborFile neighbors;

  private ErrorBudgetRuns(List<String> texts, NeighborFile neighbors) {
    this.texts = texts;
    this.queries = new Query[texts.size()];
    this.neighbors = neighbors;
  }

  /**
   * Prints a row for each run, and a summary.
   *
   * @param args the first and the last seed with a hyphen, the column of the prompts, the column of
   *     the labels, and three data files
   */
  public static void main(String[] args) {
    PromptColumns columns = PromptColumns.of(args[1]).label(args[2]);
    StudyStream.Numbers texts = new StudyStream.Numbers();
    StudyStream.Numbers answers = new StudyStream.Numbers();
    List<List<Item>> sets =
        Arrays.stream(args)
            .skip(3)
            .map(file -> items(DataFile.read(Path.of(file)).prompts(columns), texts, answers))
            .toList();
    TemplatedTraffic travel = TemplatedTraffic.all().get(0);
    List<Item> templates = items(travel.prompts(10_000, 7), texts, answers);
    Path directory = Path.of(System.getProperty("user.home"), ".cache", "semcache");
    NeighborFile neighbors =
        NeighborFile.of(
            directory,
            texts.names(),
            () -> {
              CachingEmbedder embedder = CachingEmbedder.onDisk(directory, MiniLmEmbedder.create());
              embedder.precompute(
                  texts.names(), Runtime.getRuntime().availableProcessors(), done -> {});
              return embedder.embed(texts.names());
            });
    String[] seeds = args[0].split("-", -1);
    new ErrorBudgetRuns(texts.names(), neighbors)
        .run(
            StudyStream.all(sets, templates),
            Long.parseLong(seeds[0]),
            Long.parseLong(seeds[seeds.length - 1]));
  }

  private static List<Item> items(
      List<LabeledPrompt> prompts, StudyStream.Numbers texts, StudyStream.Numbers answers) {
    return prompts.stream()
        .map(
            prompt ->
                new Item(
                    texts.of(Normalizer.collapseWhitespace().normalize(prompt.text())),
                    answers.of(prompt.label().orElseThrow())))
        .toList();
  }

  private void run(Map<String, LongFunction<List<Item>>> streams, long first, long last) {
    Summary summary = new Summary();
    for (long seed = first; seed <= last; seed++) {
      for (Map.Entry<String, LongFunction<List<Item>>> stream : streams.entrySet()) {
        List<Item> items = stream.getValue().apply(seed);
        double[] hindsight = hindsight(items);
        for (int i = 0; i < BUDGETS.size(); i++) {
          Learner learner = learner(BUDGETS.get(i));
          Counts counts = replay(items, learner, learner.policy());
          summary.add(stream.getKey(), seed, BUDGETS.get(i), counts, hindsight[i]);
        }
      }
    }
    summary.print();
  }

  private static Learner learner(double budget) {
    EmbeddingSpace.Scale scale = EmbeddingSpace.Scale.known("all-minilm-l6-v2-q").orElseThrow();
    return ErrorBudget.of(budget).scaledBy(() -> Optional.of(scale)).newLearner();
  }

  /** Returns the hit rate of the best threshold for each budget. */
  private double[] hindsight(List<Item> items) {
    double[] best = new double[BUDGETS.size()];
    double worst = BUDGETS.get(BUDGETS.size() - 1);
    double error = 0;
    for (double threshold = 0; threshold <= 1 && error <= 1.3 * worst; threshold += STEP) {
      Counts counts = replay(items, null, HitPolicy.maxDistance(threshold).unguarded());
      error = counts.errorRate();
      for (int i = 0; i < best.length; i++) {
        best[i] = error <= BUDGETS.get(i) ? Math.max(best[i], counts.hitRate()) : best[i];
      }
    }
    return best;
  }

  /** Sends the prompts to an empty cache. */
  private Counts replay(List<Item> items, @Nullable Learner learner, HitPolicy fixed) {
    Counts counts = new Counts(items.size());
    Map<Integer, CacheEntry> stored = new HashMap<>();
    for (Item item : items) {
      CacheEntry exact = stored.get(item.text());
      if (exact != null) {
        counts.add(true, isWrong(exact, item));
        continue;
      }
      Query query = query(item.text());
      List<Match> matches = matches(item.text(), stored);
      Decision decision = (learner == null ? fixed : learner.policy()).decide(query, matches);
      if (decision instanceof Decision.Hit hit) {
        counts.add(true, isWrong(hit.match().entry(), item));
        continue;
      }
      counts.add(false, false);
      CacheEntry entry = entry(query, item);
      stored.put(
          item.text(),
          learner == null || matches.isEmpty()
              ? entry
              : judged(learner, query, matches, decision, entry, counts.requests));
    }
    return counts;
  }

  private static boolean isWrong(CacheEntry served, Item item) {
    return !served.answer().equals(Integer.toString(item.answer()));
  }

  private static CacheEntry entry(Query query, Item item) {
    return new CacheEntry(
        query.key(),
        query.scope().hash(),
        query.text(),
        Integer.toString(item.answer()),
        Map.of(),
        Instant.EPOCH);
  }

  private Query query(int text) {
    if (queries[text] == null) {
      queries[text] = Query.of(Prompt.of(texts.get(text)), Normalizer.none(), Map.of());
    }
    return queries[text];
  }

  private List<Match> matches(int text, Map<Integer, CacheEntry> stored) {
    List<Match> matches = new ArrayList<>(CANDIDATES);
    for (int k = 0; k < NeighborFile.NEIGHBORS && matches.size() < CANDIDATES; k++) {
      CacheEntry entry = stored.get(neighbors.index(text, k));
      if (entry != null) {
        matches.add(new Match(entry, neighbors.distance(text, k)));
      }
    }
    return matches;
  }

  /** Passes the verdict to the learner; returns the entry in the answer group that it joins. */
  private static CacheEntry judged(
      Learner learner,
      Query query,
      List<Match> matches,
      Decision decision,
      CacheEntry entry,
      int request) {
    Match judged = decision instanceof Decision.Audit audit ? audit.match() : matches.get(0);
    boolean isSame = judged.entry().answer().equals(entry.answer());
    Instant now = Instant.ofEpochMilli(request);
    if (decision instanceof Decision.Audit) {
      learner.update(new LabeledDecision(query, matches, judged, decision, Verdict.UNKNOWN, now));
    }
    Verdict verdict = isSame ? Verdict.SAME : Verdict.DIFFERENT;
    learner.update(new LabeledDecision(query, matches, judged, decision, verdict, now));
    if (isSame) {
      return entry.group(judged.entry().group());
    }
    return matches.stream()
        .map(Match::entry)
        .filter(other -> !other.group().equals(judged.entry().group()))
        .findFirst()
        .filter(other -> other.answer().equals(entry.answer()))
        .map(other -> entry.group(other.group()))
        .orElse(entry);
  }

  /** The hits and wrong hits of a run. */
  private static final class Counts {
    private final int total;
    private int requests;
    private int hits;
    private int wrong;
    private int wrongInSecondHalf;

    Counts(int total) {
      this.total = total;
    }

    void add(boolean isHit, boolean isWrong) {
      requests++;
      hits += isHit ? 1 : 0;
      wrong += isWrong ? 1 : 0;
      wrongInSecondHalf += isWrong && requests > total / 2 ? 1 : 0;
    }

    double hitRate() {
      return (double) hits / total;
    }

    double errorRate() {
      return (double) wrong / total;
    }

    double secondHalf() {
      return wrongInSecondHalf / (double) (total - total / 2);
    }
  }

  private static final class Summary {
    private int runs;
    private int exceeded;
    private int exceededInSecondHalf;
    private int exceededInEither;
    private double ratios;

    void add(String stream, long seed, double budget, Counts counts, double hindsight) {
      boolean isExceeded = counts.errorRate() > budget;
      boolean isSecondExceeded = counts.secondHalf() > budget;
      runs++;
      exceeded += isExceeded ? 1 : 0;
      exceededInSecondHalf += isSecondExceeded ? 1 : 0;
      exceededInEither += isExceeded || isSecondExceeded ? 1 : 0;
      ratios += counts.hitRate() / hindsight;
      System.out.printf(
          Locale.ROOT,
          "| %s | %.2f | %d | %.1f | %.1f | %.2f (%.2f)%s | %.2f |%n",
          stream,
          budget,
          seed,
          100 * hindsight,
          100 * counts.hitRate(),
          100 * counts.errorRate(),
          100 * counts.secondHalf(),
          isExceeded || isSecondExceeded ? " exceeded" : "",
          counts.hitRate() / hindsight);
    }

    void print() {
      System.out.printf(
          Locale.ROOT,
          "%d runs; exceeded: %d over the stream, %d in the second half, %d in either;"
              + " mean ratio of hits %.2f%n",
          runs,
          exceeded,
          exceededInSecondHalf,
          exceededInEither,
          ratios / runs);
    }
  }
}
