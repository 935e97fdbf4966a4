package io.github.semcache.cli;

import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.PromptColumns;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The data file and the column of the prompts. */
final class PromptColumnOptions {
  @Parameters(
      paramLabel = "FILE",
      description = "A UTF-8 file: CSV or TSV with a header, or JSON lines.")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private Path file;

  @Mixin private final FormatOption format = new FormatOption();

  @Option(
      names = "--prompt",
      paramLabel = "COLUMN",
      defaultValue = "prompt",
      description = "The column of the prompts (default: ${DEFAULT-VALUE}).")
  private String prompt = "prompt";

  @Option(
      names = "--max-characters",
      paramLabel = "N",
      defaultValue = "16384",
      description = "The maximum length of a prompt in characters (default: ${DEFAULT-VALUE}).")
  private int maxCharacters = PromptColumns.DEFAULT_MAX_CHARACTERS;

  Path file() {
    return file;
  }

  /** Returns the format of the file. */
  DataFile.Format format() {
    return format.of(file);
  }

  String prompt() {
    return prompt;
  }

  int maxCharacters() {
    return maxCharacters;
  }
}
