package io.github.semcache.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the packaged command line in a process of its own. */
class CliJarIT {
  private static final Path JAR = Path.of("target", "semcache-cli.jar");

  @TempDir Path directory;

  private record ProcessResult(int exitCode, String out, String err) {}

  private ProcessResult run(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toString()));
    command.addAll(List.of(args));
    File out = directory.resolve("out").toFile();
    File err = directory.resolve("err").toFile();
    int exitCode =
        new ProcessBuilder(command).redirectOutput(out).redirectError(err).start().waitFor();
    return new ProcessResult(
        exitCode, Files.readString(out.toPath(), UTF_8), Files.readString(err.toPath(), UTF_8));
  }

  @Test
  void replayWithTheLocalModelPrintsOnlyJson() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("prompts.csv"),
            "prompt,label\nWhere is my card?,arrival\nHow do I pay?,pay\nWhere's my card?,arrival\n");

    ProcessResult result =
        run("replay", file.toString(), "--label", "label", "--no-embedding-cache", "--json");

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(new JsonMapper().readTree(result.out()).get("hits").asInt()).isEqualTo(1);
  }

  @Test
  void reportAndEmbeddedStoreWork() throws Exception {
    Path file =
        Files.writeString(directory.resolve("prompts.csv"), "prompt,label\nWhere?,a\nHow?,b\n");
    Path page = directory.resolve("report.html");
    Path store = directory.resolve("store");

    ProcessResult report =
        run(
            "report",
            file.toString(),
            "--label=label",
            "--no-embedding-cache",
            "-o",
            page.toString());
    ProcessResult replay =
        run("replay", file.toString(), "--no-embedding-cache", "--store", store.toString());

    assertThat(report.err()).isEmpty();
    assertThat(page).content().contains("Chart.js v");
    assertThat(replay.err()).isEmpty();
    assertThat(replay.exitCode()).isZero();
  }

  @Test
  void exitCodeIsTwoForInvalidCommandLinesAndOneForFailures() throws Exception {
    assertThat(run("repaly").exitCode()).isEqualTo(2);
    assertThat(run("replay", "none.csv").err())
        .isEqualTo("semcache-cli: none.csv does not exist\n");
    assertThat(run("replay", "none.csv").exitCode()).isEqualTo(1);
    assertThat(run("--version").out()).startsWith("semcache 0.");
  }

  @Test
  void jarHasNoSignaturesAndMergedServices() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(jar.stream().map(entry -> entry.getName()))
          .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"))
          .contains("META-INF/services/org.apache.lucene.codecs.Codec")
          .contains("META-INF/services/com.fasterxml.jackson.core.JsonFactory");
    }
  }

  @Test
  void libraryJarContainsOnlyItsOwnClasses() throws IOException {
    Path library;
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      library =
          files
              .filter(
                  file ->
                      file.getFileName()
                          .toString()
                          .matches("semcache-[0-9].*(?<!sources|javadoc)\\.jar"))
              .findFirst()
              .orElseThrow();
    }
    try (JarFile jar = new JarFile(library.toFile())) {
      assertThat(jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".class")))
          .allMatch(name -> name.startsWith("io/github/semcache/"));
    }
  }
}
