package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.semcache.embedding.Embedder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/**
 * The result of a command line that was run in this process.
 *
 * @param exitCode the exit code
 * @param out the standard output
 * @param err the standard error
 */
record CliRun(int exitCode, String out, String err) {

  static CliRun of(Embedder localModel, String... args) {
    return of(new CliEnvironment(Map.of(), false, () -> localModel), args);
  }

  static CliRun of(CliEnvironment environment, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        SemcacheCli.commandLine(environment)
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(args);
    return new CliRun(exitCode, out.toString(), err.toString());
  }

  JsonNode json() {
    assertThat(err).isEmpty();
    try {
      return new JsonMapper().readTree(out);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + out, e);
    }
  }

  /** Asserts that the command printed only an error message without a stack trace. */
  void assertFailed(int expectedExitCode, String message) {
    assertThat(out).isEmpty();
    assertThat(err.lines().findFirst()).contains("semcache-cli: " + message);
    assertThat(err).doesNotContain("\tat ");
    assertThat(exitCode).isEqualTo(expectedExitCode);
  }
}
