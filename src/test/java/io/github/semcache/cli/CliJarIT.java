package io.github.semcache.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command line in a process of its own: the jar of the profile {@code cli} if that is active,
 * the main class on the class path of the tests otherwise.
 */
class CliJarIT {
  private static final String JAR = "semcache.cli.jar";

  @TempDir Path directory;

  private record ProcessResult(int exitCode, String out, String err) {}

  private ProcessResult run(String... args) throws IOException, InterruptedException {
    List<String> command = command(args);
    File out = directory.resolve("out").toFile();
    File err = directory.resolve("err").toFile();
    int exitCode =
        new ProcessBuilder(command).redirectOutput(out).redirectError(err).start().waitFor();
    return new ProcessResult(
        exitCode, Files.readString(out.toPath(), UTF_8), Files.readString(err.toPath(), UTF_8));
  }

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(program());
    command.addAll(List.of(args));
    return command;
  }

  private static List<String> program() {
    String jar = System.getProperty(JAR);
    return jar != null
        ? List.of("-jar", jar)
        : List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("semcache.library.jar")
                + File.pathSeparator
                + System.getProperty("java.class.path"),
            SemcacheCli.class.getName());
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
  void reportAndReplayWithAnEmbeddedStoreSucceed() throws Exception {
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
  void pageIsServedUntilTheProcessIsEnded() throws Exception {
    Path file = Files.writeString(directory.resolve("faq.csv"), "prompt,answer\nHow?,So.\n");
    String store = directory.resolve("store").toString();
    run("load", file.toString(), "--store", store, "--no-embedding-cache");
    List<String> command = command("ui", "--store", store, "--no-embedding-cache");
    File err = directory.resolve("err").toFile();
    Process process = new ProcessBuilder(command).redirectError(err).start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      URI address = URI.create(out.readLine());

      assertThat(get(address.resolve("/"))).contains("<title>semcache</title>");
      assertThat(get(address.resolve("/chart.js"))).contains("Chart.js v");
      assertThat(get(address.resolve("/ui.js"))).startsWith("'use strict'");
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(err).isEmpty();
    assertThat(run("ls", "--store", store).out()).contains("How?");
  }

  private static String get(URI address) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
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
  @EnabledIfSystemProperty(named = JAR, matches = ".+")
  void jarHasMergedServicesAndNoSignatures() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty(JAR))) {
      assertThat(jar.stream().map(entry -> entry.getName()))
          .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"))
          .contains("META-INF/LICENSE")
          .contains("META-INF/services/org.apache.lucene.codecs.Codec")
          .contains("META-INF/services/com.fasterxml.jackson.core.JsonFactory");
    }
  }
}
