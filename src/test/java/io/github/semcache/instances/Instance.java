package io.github.semcache.instances;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A running {@link InstanceProcess}. */
final class Instance implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final Writer input;

  private Instance(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.input = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Starts a process and does not wait for it. */
  static Instance start(List<String> options) throws IOException {
    return new Instance(
        JavaProcess.of(
                InstanceProcess.class,
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"),
                options.toArray(String[]::new))
            .start());
  }

  Instance awaitReady() throws IOException {
    assertThat(output.readLine()).isEqualTo("ready");
    return this;
  }

  /** Sends a command and returns its future result. */
  CompletableFuture<String> send(String command) {
    try {
      input.write(command + "\n");
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                String line = output.readLine();
                if (line == null) {
                  throw new IOException("the process ended");
                }
                result.complete(line);
              } catch (IOException e) {
                result.completeExceptionally(e);
              }
            });
    reader.setDaemon(true);
    reader.start();
    return result;
  }

  /** Kills the process with signal 9. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as("exit value after signal 9").isEqualTo(128 + 9);
  }

  @Override
  public void close() throws IOException {
    input.close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    output.close();
  }
}
