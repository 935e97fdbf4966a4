package io.github.semcache.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  private static final String MODEL = "[MODEL]";
  private static final String CACHE = "[CACHE]";

  /** Runs the demo and returns the source of each answer. */
  private static List<String> sources(String... arguments) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    new Demo(Map.of(), new PrintStream(printed, true, StandardCharsets.UTF_8))
        .run(List.of(arguments));
    String output = printed.toString(StandardCharsets.UTF_8);
    assertThat(output).contains("NOT a language model", "3 requests", "time: model");
    return output
        .lines()
        .filter(line -> line.startsWith("["))
        .map(line -> line.substring(0, MODEL.length()))
        .toList();
  }

  @Test
  void secondQuestionIsAnsweredFromTheCache() {
    assertThat(sources()).containsExactly(MODEL, CACHE, MODEL);
  }

  @Test
  void secondRunOnTheSameDirectoryIsAnsweredFromTheCache(@TempDir Path directory) {
    assertThat(sources("--store", directory.toString())).containsExactly(MODEL, CACHE, MODEL);
    assertThat(sources("--store", directory.toString())).containsExactly(CACHE, CACHE, CACHE);
  }

  @Test
  void unknownOptionIsRejected() {
    assertThatThrownBy(() -> sources("--shop", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--store DIR");
  }
}
