package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a killed process leaves behind. */
class LuceneKillTest {
  private static final Pattern LINE = Pattern.compile("(put|removed) (\\d+)\\.");

  @TempDir private Path directory;

  private final Set<Integer> written = new HashSet<>();
  private final Set<Integer> removed = new HashSet<>();
  private int last;

  @ParameterizedTest
  @ValueSource(ints = {1, 150, 1_500, 4_000})
  void everyAcknowledgedChangeIsThereAfterAKillAndNothingIsHalfThere(int lines) throws Exception {
    writeAndKill(0, lines);

    try (LuceneVectorStore store = open()) {
      assertAcknowledgedChangesAreThere(store);
      assertNothingElseIsThere(store);
    }
  }

  @Test
  void changesSurviveSeveralKillsAndTheIndexingBetween() throws Exception {
    for (int round = 0; round < 3; round++) {
      writeAndKill(round * 10_000, 400);
      try (LuceneVectorStore store = open()) {
        if (round == 1) {
          store.flush();
        }
        assertAcknowledgedChangesAreThere(store);
      }
    }
  }

  @Test
  void directoryThatAnotherProcessHasOpenIsRefused() throws Exception {
    Process process = start(0);
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.readLine();
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("open in another store");
    } finally {
      kill(process);
    }
  }

  private LuceneVectorStore open() {
    return LuceneVectorStore.builder(directory, KilledWriter.SPACE)
        .limits(KilledWriter.LIMITS)
        .build();
  }

  private void writeAndKill(int from, int lines) throws Exception {
    Process process = start(from);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (int i = 0; i < lines; i++) {
        take(output.readLine());
      }
      // Unlike the process, its handle does not close the output, which has more lines to read.
      process.toHandle().destroyForcibly();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        take(line);
      }
    } finally {
      kill(process);
    }
    assertThat(process.exitValue()).as("signal 9 ended it").isEqualTo(128 + 9);
  }

  private void take(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return;
    }
    int number = Integer.parseInt(matcher.group(2));
    last = Math.max(last, number);
    if (matcher.group(1).equals("put")) {
      written.add(number);
    } else {
      written.remove(number);
      removed.add(number);
    }
  }

  private Process start(int from) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            KilledWriter.class.getName(),
            directory.toString(),
            Integer.toString(from))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
  }

  private void assertAcknowledgedChangesAreThere(LuceneVectorStore store) {
    // Its removal may have been under way when the process was killed.
    written.remove(last - 5);
    for (int number : written) {
      CacheEntry entry = KilledWriter.insertion(number).entry();
      assertThat(store.find(entry.key())).contains(entry);
    }
    for (int number : removed) {
      assertThat(store.find(KilledWriter.insertion(number).entry().key())).isEmpty();
    }
  }

  private void assertNothingElseIsThere(LuceneVectorStore store) {
    NewEntry probe = KilledWriter.insertion(last);
    List<Match> all =
        store
            .nearest(nearest(KilledWriter.SCOPE, probe.embedding().orElseThrow(), 1_000_000))
            .matches();
    assertThat(all).hasSizeBetween(written.size(), written.size() + 3);
    for (Match match : all) {
      int number = Integer.parseInt(match.entry().prompt().substring("prompt ".length()));
      NewEntry expected = KilledWriter.insertion(number);
      assertThat(match.entry()).isEqualTo(expected.entry());
      assertThat(match.distance())
          .isCloseTo(
              expected.embedding().orElseThrow().cosineDistance(probe.embedding().orElseThrow()),
              org.assertj.core.api.Assertions.within(1e-6));
    }
  }
}
