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
 * The environment in which a command runs.
 *
 * @param variables the environment variables
 * @param showsProgress whether to draw progress bars, that is, whether standard error is a terminal
 * @param localModel loads the local embedding model
 */
record CliEnvironment(
    Map<String, String> variables, boolean showsProgress, Supplier<Embedder> localModel) {

  /** Returns an environment variable, or empty if it is not set or blank. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  /** Returns the directory for files that can be computed again, by the XDG convention. */
  Path cacheDirectory() {
    return variable("XDG_CACHE_HOME")
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".cache"))
        .resolve("semcache");
  }

  ProgressBar progressBar(PrintWriter err, String task, int total) {
    return new ProgressBar(err, showsProgress, task, total, System::nanoTime);
  }

  /**
   * Returns whether standard error is a terminal. {@link System#console} only reports whether
   * standard input and standard output both are.
   */
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
