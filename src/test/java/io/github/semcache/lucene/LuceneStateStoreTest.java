package io.github.semcache.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.JavaProcess;
import io.github.semcache.testkit.StateStoreContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuceneStateStoreTest extends StateStoreContract<LuceneVectorStore> {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);

  @TempDir Path directory;

  @Override
  protected LuceneVectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.open(directory.resolve("contract"), space);
  }

  private LuceneVectorStore reopen() {
    return LuceneVectorStore.open(directory.resolve("reopened"), SPACE);
  }

  @Test
  void stateSurvivesReopening() {
    try (LuceneVectorStore first = reopen()) {
      first.save("policy", new byte[] {1, 2, 3});
    }
    try (LuceneVectorStore second = reopen()) {
      assertThat(second.load("policy")).hasValue(new byte[] {1, 2, 3});
    }
  }

  @Test
  void temporaryFileOfAKilledProcessIsIgnored() throws Exception {
    try (LuceneVectorStore first = reopen()) {
      first.save("policy", new byte[] {1});
    }
    Files.write(directory.resolve("reopened/states/policy.state.new"), new byte[100_000]);

    try (LuceneVectorStore second = reopen()) {
      assertThat(second.load("policy")).hasValue(new byte[] {1});
      second.save("policy", new byte[] {2});
      assertThat(second.load("policy")).hasValue(new byte[] {2});
    }
  }

  @Test
  void killLosesNoAcknowledgedStateAndLeavesNoPartialState() throws Exception {
    Path killed = directory.resolve("killed");
    Process process =
        JavaProcess.of(StateWriterProcess.class, List.of(), killed.toString()).start();
    int acknowledged = 0;
    try (var output = process.inputReader()) {
      for (int i = 0; i < 20; i++) {
        acknowledged = Integer.parseInt(output.readLine());
      }
      process.toHandle().destroyForcibly();
    }
    process.waitFor();

    try (LuceneVectorStore store = LuceneVectorStore.open(killed, SPACE)) {
      byte[] state = store.load("policy").orElseThrow();
      byte[] complete = new byte[StateWriterProcess.LENGTH];
      Arrays.fill(complete, state[0]);
      assertThat(state).isEqualTo(complete);
      assertThat((int) state[0]).isGreaterThanOrEqualTo(acknowledged);
    }
  }

  @Test
  void unwritableDirectoryThrowsAStoreException() throws Exception {
    try (LuceneVectorStore store = reopen()) {
      Files.writeString(directory.resolve("reopened/states"), "a file instead of a directory");

      assertThatThrownBy(() -> store.save("policy", new byte[1]))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("states");
    }
  }

  @Test
  void callsAfterCloseFail() {
    LuceneVectorStore store = reopen();
    store.close();

    assertThatThrownBy(() -> store.load("policy")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.save("policy", new byte[1]))
        .isInstanceOf(IllegalStateException.class);
  }
}
