package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.JavaProcess;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills a process while it writes to a store, and checks what the store contains afterwards. */
@Tag("slow")
class LuceneKillTest {
  private static final Pattern LINE = Pattern.compile("(put|updated|removed) (\\d+)\\.");

  @TempDir private Path directory;

  private final Set<Integer> written = new HashSet<>();
  private final Set<Integer> updated = new HashSet<>();
  private final Set<Integer> removed = new HashSet<>();
  private int last;

  @ParameterizedTest
  @ValueSource(ints = {1, 150, 1_500, 4_000})
  void killLosesNoAcknowledgedChangeAndLeavesNoPartialEntry(int lines) throws Exception {
    writeAndKill(0, lines);

    try (LuceneVectorStore store = open()) {
      assertContainsAcknowledgedChanges(store);
      assertContainsNothingElse(store);
    }
  }

  @Test
  void acknowledgedChangesSurviveSeveralKills() throws Exception {
    for (int round = 0; round < 3; round++) {
      writeAndKill(round * 10_000, 400);
      try (LuceneVectorStore store = open()) {
        if (round == 1) {
          store.flush();
        }
        assertContainsAcknowledgedChanges(store);
      }
    }
  }

  @Test
  void directoryThatIsOpenInAnotherProcessIsRejected() throws Exception {
    Process process = start(0);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.readLine();
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("open in another store");
    } finally {
      kill(process);
    }
  }

  private LuceneVectorStore open() {
    return LuceneVectorStore.builder(directory, EntryWriterProcess.SPACE)
        .flushLimits(EntryWriterProcess.LIMITS)
        .build();
  }

  private void writeAndKill(int from, int lines) throws Exception {
    Process process = start(from);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (int i = 0; i < lines; i++) {
        record(output.readLine());
      }
      // Unlike Process, ProcessHandle does not close the output, which has more lines to read.
      process.toHandle().destroyForcibly();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        record(line);
      }
    } finally {
      kill(process);
    }
    assertThat(process.exitValue()).as("exit value after signal 9").isEqualTo(128 + 9);
  }

  private void record(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return;
    }
    int number = Integer.parseInt(matcher.group(2));
    last = Math.max(last, number);
    switch (matcher.group(1)) {
      case "put" -> written.add(number);
      case "updated" -> updated.add(number);
      default -> {
        written.remove(number);
        removed.add(number);
      }
    }
  }

  private Process start(int from) throws IOException {
    return JavaProcess.of(
            EntryWriterProcess.class, List.of(), directory.toString(), Integer.toString(from))
        .start();
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
  }

  private void assertContainsAcknowledgedChanges(LuceneVectorStore store) {
    // The process may have been killed while it removed this entry.
    written.remove(last - 5);
    for (int number : written) {
      CacheEntry entry = EntryWriterProcess.newEntry(number).entry();
      CacheEntry found = store.find(entry.key()).orElseThrow();
      if (updated.contains(number)) {
        assertThat(found).isEqualTo(EntryWriterProcess.updated(entry));
      } else {
        assertThat(found).isIn(entry, EntryWriterProcess.updated(entry));
      }
    }
    for (int number : removed) {
      assertThat(store.find(EntryWriterProcess.newEntry(number).entry().key())).isEmpty();
    }
  }

  private void assertContainsNothingElse(LuceneVectorStore store) {
    NewEntry probe = EntryWriterProcess.newEntry(last);
    List<Match> all =
        store
            .nearest(nearest(EntryWriterProcess.SCOPE, probe.embedding().orElseThrow(), 1_000_000))
            .matches();
    assertThat(all).hasSizeBetween(written.size(), written.size() + 3);
    int unacknowledgedUpdates = 0;
    for (Match match : all) {
      int number = Integer.parseInt(match.entry().prompt().substring("prompt ".length()));
      NewEntry expected = EntryWriterProcess.newEntry(number);
      CacheEntry updatedEntry = EntryWriterProcess.updated(expected.entry());
      assertThat(match.entry()).isIn(expected.entry(), updatedEntry);
      if (match.entry().equals(updatedEntry) && !updated.contains(number)) {
        unacknowledgedUpdates++;
      }
      assertThat(match.distance())
          .isCloseTo(
              expected.embedding().orElseThrow().cosineDistance(probe.embedding().orElseThrow()),
              within(1e-6));
    }
    assertThat(unacknowledgedUpdates).isLessThanOrEqualTo(1);
  }
}
