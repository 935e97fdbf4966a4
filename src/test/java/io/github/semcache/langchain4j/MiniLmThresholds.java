package io.github.semcache.langchain4j;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Reproduces the table in the javadoc of {@link MiniLmEmbedder}: the hit rate and the rate of wrong
 * hits of a fixed threshold on labeled prompts.
 *
 * <pre>
 * mvn -q test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.github.semcache.langchain4j.MiniLmThresholds -Dexec.args="banking77_train.csv"
 * </pre>
 *
 * <p>Each file has a header and the columns text and category. Its prompts are shuffled (seed 1);
 * the first 10,000 are used. A prompt hits the nearest stored prompt within the threshold, and is
 * stored otherwise. A hit on a prompt of another category is wrong.
 */
final class MiniLmThresholds {
  private static final double[] THRESHOLDS = {0.05, 0.10, 0.15, 0.20, 0.25, 0.30};
  private static final int PROMPTS = 10_000;

  private MiniLmThresholds() {}

  private record Labeled(Embedding embedding, String category) {}

  private record Rates(int hits, int wrong, int prompts) {
    @Override
    public String toString() {
      return String.format(
          "hits %5.1f %%  wrong %6.2f %%  of hits wrong %5.1f %%",
          100.0 * hits / prompts, 100.0 * wrong / prompts, 100.0 * wrong / hits);
    }
  }

  public static void main(String[] files) throws IOException {
    Embedder embedder = MiniLmEmbedder.create();
    for (String file : files) {
      List<Labeled> stream = read(Path.of(file), embedder);
      System.out.println(file + ": " + stream.size() + " prompts");
      for (double threshold : THRESHOLDS) {
        System.out.printf("  maxDistance %.2f  %s%n", threshold, run(stream, threshold));
      }
    }
  }

  private static List<Labeled> read(Path file, Embedder embedder) throws IOException {
    List<String> rows = rows(Files.readAllLines(file));
    Collections.shuffle(rows, new Random(1));
    return rows.stream().limit(PROMPTS).map(row -> labeled(row, embedder)).toList();
  }

  /** Returns the rows without the header. A row with a quoted line break spans several lines. */
  private static List<String> rows(List<String> lines) {
    List<String> rows = new ArrayList<>();
    String incomplete = "";
    for (String line : lines.subList(1, lines.size())) {
      String row = incomplete + line;
      boolean complete = row.chars().filter(c -> c == '"').count() % 2 == 0;
      incomplete = complete ? "" : row + "\n";
      if (complete) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static Labeled labeled(String row, Embedder embedder) {
    int comma = row.lastIndexOf(',');
    String text = row.substring(0, comma);
    if (text.startsWith("\"")) {
      text = text.substring(1, text.length() - 1).replace("\"\"", "\"");
    }
    return new Labeled(embedder.embed(List.of(text)).get(0), row.substring(comma + 1));
  }

  private static Rates run(List<Labeled> stream, double threshold) {
    List<Labeled> stored = new ArrayList<>();
    int hits = 0;
    int wrong = 0;
    for (Labeled prompt : stream) {
      double nearestDistance = Double.MAX_VALUE;
      Labeled nearest = prompt;
      for (Labeled candidate : stored) {
        double distance = prompt.embedding().cosineDistance(candidate.embedding());
        if (distance < nearestDistance) {
          nearestDistance = distance;
          nearest = candidate;
        }
      }
      if (nearestDistance <= threshold) {
        hits++;
        wrong += nearest.category().equals(prompt.category()) ? 0 : 1;
      } else {
        stored.add(prompt);
      }
    }
    return new Rates(hits, wrong, stream.size());
  }
}
