package io.github.semcache.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class LucenePermissionsTest extends LuceneFixture {

  @BeforeEach
  void makeTheParentReadable() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void fillAndFlush(Path path) {
    LuceneVectorStore store =
        LuceneVectorStore.builder(path, SPACE)
            .timeSource(clock)
            .syncInterval(Duration.ZERO)
            .build();
    for (int i = 0; i < 20; i++) {
      put(store, "prompt " + i, i);
    }
    store.update("learned", state -> new byte[] {1});
    store.close();
    LuceneVectorStore reopened = LuceneVectorStore.builder(path, SPACE).timeSource(clock).build();
    put(reopened, "another prompt", 40);
    reopened.close();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void newStoreIsReadableByItsUserOnly() throws IOException {
    Path path = directory.resolve("parent/store");
    fillAndFlush(path);

    assertThat(permissions(path)).isEqualTo("rwx------");
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.toList()) {
        boolean isLock = file.toString().endsWith(".lock");
        String expected = Files.isDirectory(file) ? "rwx------" : "rw-------";
        assertThat(isLock ? expected : permissions(file)).as("%s", file).isEqualTo(expected);
        assertThat(!isLock || Files.size(file) == 0).as("%s is empty", file).isTrue();
      }
    }
    assertThat(path.resolve("states/learned.state")).exists();
  }

  @Test
  void existingDirectoryKeepsItsPermissionsButItsFilesAreNotReadable() throws IOException {
    fillAndFlush(directory);

    assertThat(permissions(directory)).isEqualTo("rwxr-xr-x");
    for (String name : List.of("index", "log", "states")) {
      assertThat(permissions(directory.resolve(name))).isEqualTo("rwx------");
    }
  }

  @Test
  void leftoverOfAKilledProcessDoesNotDetermineThePermissionsOfAState() throws IOException {
    Path states = Files.createDirectory(directory.resolve("states"));
    Path leftover = Files.writeString(states.resolve("learned.state.new"), "x");
    Files.setPosixFilePermissions(leftover, PosixFilePermissions.fromString("rw-r--r--"));
    LuceneVectorStore store = open();

    store.update("learned", state -> new byte[] {1});

    assertThat(permissions(states.resolve("learned.state"))).isEqualTo("rw-------");
    assertThat(store.load("learned").orElseThrow()).containsExactly(1);
  }
}
