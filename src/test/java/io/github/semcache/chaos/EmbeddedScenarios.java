package io.github.semcache.chaos;

import io.github.semcache.chaos.Scenario.Run;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** The scenarios of the embedded store, and of parts of the cache that fail in this process. */
final class EmbeddedScenarios {
  private static final String DISK_SIZE = "24m";

  private EmbeddedScenarios() {}

  static Stream<Scenario<?>> all() {
    return Stream.of(
        Scenario.of("embedded", "none", EmbeddedStore::start, Run::hold),
        hangingEmbedder(),
        errorsOfTheEmbedder(),
        hangingStore(),
        errorsOfTheStore(),
        Scenario.of("embedded", "clock jumps", EmbeddedStore::start, RedisScenarios::jump)
            .timeToLive(Duration.ofSeconds(3)),
        Scenario.of(
            "embedded",
            "client killed while it wrote",
            EmbeddedScenarios::writtenByKilledProcess,
            Run::hold));
  }

  private static Scenario<?> hangingEmbedder() {
    PartFaults.Hang hang = new PartFaults.Hang();
    return Scenario.of(
        "embedded",
        "embedder hangs",
        EmbeddedStore::start,
        run -> {
          run.embedder().before(hang::awaitEnd);
          hang.begin();
          run.hold();
          hang.end();
        });
  }

  private static Scenario<?> errorsOfTheEmbedder() {
    return Scenario.of(
        "embedded",
        "embedder throws errors",
        EmbeddedStore::start,
        run -> {
          run.embedder().before(PartFaults::throwError);
          run.hold();
          run.embedder().before(() -> {});
        });
  }

  private static Scenario<?> hangingStore() {
    PartFaults.Hang hang = new PartFaults.Hang();
    return Scenario.of(
            "embedded",
            "store hangs",
            EmbeddedStore::start,
            run -> {
              hang.begin();
              run.hold();
              hang.end();
            })
        .store(store -> PartFaults.hanging(store, hang));
  }

  private static Scenario<?> errorsOfTheStore() {
    AtomicBoolean failing = new AtomicBoolean();
    return Scenario.of(
            "embedded",
            "store throws errors",
            EmbeddedStore::start,
            run -> {
              failing.set(true);
              run.hold();
              failing.set(false);
            })
        .store(
            store ->
                PartFaults.intercepted(
                    store,
                    method -> {
                      if (failing.get()) {
                        PartFaults.throwError();
                      }
                    }));
  }

  private static EmbeddedStore writtenByKilledProcess() {
    EmbeddedStore deployment = EmbeddedStore.start();
    WriterProcess.startAndKill(2, deployment.directory().toString());
    return deployment;
  }

  /** A small file system in memory. */
  static final class SmallDisk implements AutoCloseable {
    private final Path mountPoint;

    private SmallDisk(Path mountPoint) {
      this.mountPoint = mountPoint;
    }

    /**
     * Mounts the file system.
     *
     * @throws IOException if this user may not mount one
     */
    static SmallDisk mount() throws IOException {
      Path directory = Files.createTempDirectory("semcache-disk");
      execute("mount", "-t", "tmpfs", "-o", "size=" + DISK_SIZE, "tmpfs", directory.toString());
      return new SmallDisk(directory);
    }

    private static void execute(String... command) throws IOException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try {
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
          throw new IOException(command[0] + " failed; it needs the permissions of root");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    Scenario<?> fullDisk() {
      return Scenario.of(
              "embedded", "disk full", () -> EmbeddedStore.in(directory("full")), this::fill)
          .newRate(0.5);
    }

    private Path directory(String name) {
      try {
        return Files.createDirectory(mountPoint.resolve(name));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void fill(Run<EmbeddedStore> run) throws IOException {
      Path filler = mountPoint.resolve("filler");
      try (OutputStream output = Files.newOutputStream(filler)) {
        byte[] block = new byte[4_096];
        for (int i = 0; i < Integer.MAX_VALUE; i++) {
          output.write(block);
        }
      } catch (IOException e) {
        run.hold(); // No space is left.
      } finally {
        Files.delete(filler);
      }
    }

    @Override
    public void close() throws IOException {
      execute("umount", mountPoint.toString());
      Files.delete(mountPoint);
    }
  }
}
