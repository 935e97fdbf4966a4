package io.github.semcache.cli;

import io.github.semcache.embedding.Embedder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Help;

/**
 * What a command finds around it.
 *
 * @param environment the environment variables
 * @param showsProgress whether standard error is a terminal
 * @param localModel loads the local embedding model
 */
record CliEnvironment(
    Map<String, String> environment, boolean showsProgress, Supplier<Embedder> localModel) {

  /** A variable that is set and not empty. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** Where programs keep what they can make again. */
  Path cacheDirectory() {
    return variable("XDG_CACHE_HOME")
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".cache"))
        .resolve("semcache");
  }

  ProgressBar progressBar(PrintWriter err, String what, int total) {
    return new ProgressBar(err, showsProgress, what, total, System::nanoTime);
  }

  /** Java itself only knows of input and output together whether they are a terminal. */
  static boolean standardErrorIsTerminal() {
    Path standardError = Path.of("/proc/self/fd/2");
    try {
      if (Files.isSymbolicLink(standardError)) {
        String target = Files.readSymbolicLink(standardError).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      }
    } catch (IOException e) {
      return false;
    }
    return Help.Ansi.AUTO.enabled();
  }
}
