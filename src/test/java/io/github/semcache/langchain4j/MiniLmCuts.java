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
 * Measures the figures in the javadoc of {@link MiniLmEmbedder}: what a plain cut on the cosine
 * distance does to a stream of labeled prompts.
 *
 * <pre>
 * mvn -q test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.github.semcache.langchain4j.MiniLmCuts -Dexec.args="banking77_train.csv"
 * </pre>
 *
 * <p>Each file has a header and the columns text and category. Its prompts are shuffled (seed 1)
 * and cut to 10,000. Each hits the nearest stored prompt or is stored; a hit on another category is
 * wrong.
 */
final class MiniLmCuts {
  private static final double[] CUTS = {0.05, 0.10, 0.15, 0.20, 0.25, 0.30};
  private static final int PROMPTS = 10_000;

  private MiniLmCuts() {}

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
      for (double cut : CUTS) {
        System.out.printf("  maxDistance %.2f  %s%n", cut, run(stream, cut));
      }
    }
  }

  private static List<Labeled> read(Path file, Embedder embedder) throws IOException {
    List<String> rows = rows(Files.readAllLines(file));
    Collections.shuffle(rows, new Random(1));
    return rows.stream().limit(PROMPTS).map(row -> labeled(row, embedder)).toList();
  }

  /** Rows without the header; one with a line break in its text takes several lines. */
  private static List<String> rows(List<String> lines) {
    List<String> rows = new ArrayList<>();
    String open = "";
    for (String line : lines.subList(1, lines.size())) {
      String row = open + line;
      boolean complete = row.chars().filter(c -> c == '"').count() % 2 == 0;
      open = complete ? "" : row + "\n";
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

  private static Rates run(List<Labeled> stream, double cut) {
    List<Labeled> stored = new ArrayList<>();
    int hits = 0;
    int wrong = 0;
    for (Labeled prompt : stream) {
      double least = Double.MAX_VALUE;
      Labeled nearest = prompt;
      for (Labeled candidate : stored) {
        double distance = prompt.embedding().cosineDistance(candidate.embedding());
        if (distance < least) {
          least = distance;
          nearest = candidate;
        }
      }
      if (least <= cut) {
        hits++;
        wrong += nearest.category().equals(prompt.category()) ? 0 : 1;
      } else {
        stored.add(prompt);
      }
    }
    return new Rates(hits, wrong, stream.size());
  }
}
