package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.evaluation.DataSet;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.NeighborTable;
import io.github.semcache.evaluation.PairReplay;
import io.github.semcache.evaluation.PairResult;
import io.github.semcache.evaluation.Proportion;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayOrder;
import io.github.semcache.evaluation.ReplayResult;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures the policies of a benchmark on one set after the other. The embeddings of a set are
 * released before the next one is read.
 *
 * @param policies the policies
 * @param seeds the seeds of the orders of a stream
 * @param limit the maximum number of prompts of a stream, or of pairs
 * @param err where progress bars are drawn
 */
record BenchRun(
    CliEnvironment environment,
    EmbedderOptions embedder,
    List<BenchPolicy> policies,
    List<Long> seeds,
    int limit,
    PrintWriter err) {

  List<BenchResult> results(String name, DataSet set) {
    return set instanceof DataSet.Prompts stream
        ? stream(name, stream.prompts())
        : pairs(name, ((DataSet.Pairs) set).pairs().stream().limit(limit).toList());
  }

  private List<BenchResult> stream(String name, List<LabeledPrompt> prompts) {
    int size = Math.min(limit, prompts.size());
    List<LabeledPrompt> used = used(prompts);
    try (OpenEmbedder open = embedder.open(used.stream().map(LabeledPrompt::text).toList(), err)) {
      NeighborTable neighbors = neighbors(name, used, open);
      int total = policies.size() * seeds.size() * size;
      try (ProgressBar progress = environment.progressBar(err, name, total)) {
        List<BenchResult> results = new ArrayList<>();
        for (BenchPolicy policy : policies) {
          int before = results.size() * seeds.size() * size;
          results.add(
              stream(
                  name,
                  prompts,
                  policy,
                  () -> Replay.builder(open.embedder()).neighbors(neighbors),
                  done -> progress.accept(before + done)));
        }
        return results;
      }
    }
  }

  /** Returns the prompts that are sent with at least one of the seeds. */
  private List<LabeledPrompt> used(List<LabeledPrompt> prompts) {
    Set<LabeledPrompt> used = new LinkedHashSet<>();
    for (long seed : seeds) {
      used.addAll(new ReplayOrder(Optional.of(seed), limit).apply(prompts));
    }
    return List.copyOf(used);
  }

  private NeighborTable neighbors(String name, List<LabeledPrompt> prompts, OpenEmbedder open) {
    try (ProgressBar progress =
        environment.progressBar(err, name + ", comparing", prompts.size())) {
      return NeighborTable.of(open.embedder(), prompts, progress);
    }
  }

  private BenchResult stream(
      String name,
      List<LabeledPrompt> prompts,
      BenchPolicy policy,
      Supplier<Replay.Builder> replays,
      IntConsumer progress) {
    int requests = 0;
    int hits = 0;
    int wrong = 0;
    long calls = 0;
    for (long seed : seeds) {
      int before = requests;
      Replay.Builder replay =
          replays
              .get()
              .shuffled(seed)
              .limit(limit)
              .progress(done -> progress.accept(before + done));
      policy.configure(replay);
      ReplayResult result = replay.build().run(prompts);
      requests += result.total().requests();
      hits += result.total().hits();
      wrong += result.total().wrongHits().orElse(0);
      calls += result.verifierCalls().orElse(0);
    }
    return new BenchResult(
        name,
        policy.name(),
        true,
        requests / seeds.size(),
        (double) hits / requests,
        (double) wrong / requests,
        policy.labels().isPresent() ? (Double) ((double) calls / requests) : null);
  }

  private List<BenchResult> pairs(String name, List<LabeledPair> pairs) {
    List<String> texts =
        pairs.stream().flatMap(pair -> Stream.of(pair.first(), pair.second())).toList();
    List<BenchPolicy> applicable =
        policies.stream().filter(policy -> !policy.usesLabels()).toList();
    try (OpenEmbedder open = embedder.open(texts, err);
        ProgressBar progress =
            environment.progressBar(err, name, applicable.size() * pairs.size())) {
      List<BenchResult> results = new ArrayList<>();
      for (BenchPolicy policy : policies) {
        int before = applicable.indexOf(policy) * pairs.size();
        results.add(
            policy.usesLabels()
                ? BenchResult.notApplicable(name, policy.name(), false, 2 * pairs.size())
                : result(
                    name,
                    policy,
                    PairReplay.builder(open.embedder())
                        .cache(policy.options())
                        .bothDirections()
                        .progress(done -> progress.accept(before + done))
                        .build()
                        .run(pairs)));
      }
      return results;
    }
  }

  private static BenchResult result(String name, BenchPolicy policy, PairResult result) {
    return new BenchResult(
        name,
        policy.name(),
        false,
        result.decisions().size(),
        rate(result.acceptedRight()),
        rate(result.acceptedWrong()),
        null);
  }

  private static @Nullable Double rate(Proportion proportion) {
    return proportion.total() == 0 ? null : (Double) proportion.value().orElseThrow();
  }
}
