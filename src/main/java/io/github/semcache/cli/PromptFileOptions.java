package io.github.semcache.cli;

import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.PromptColumns;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The data file and the names of its columns. */
final class PromptFileOptions {
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
      description = "The column of the prompt texts (default: ${DEFAULT-VALUE}).")
  private String prompt = "prompt";

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "The column of the labels. Prompts with the same label have the same answer.")
  private @Nullable String label;

  @Option(
      names = "--scope",
      paramLabel = "COLUMN",
      description = "The column of the scopes, for example tenants. Scopes do not share answers.")
  private @Nullable String scope;

  @Option(
      names = "--timestamp",
      paramLabel = "COLUMN",
      description =
          "The column of the timestamps. They determine the order of the prompts and the time in the"
              + " cache.")
  private @Nullable String timestamp;

  @Option(
      names = "--max-characters",
      paramLabel = "N",
      defaultValue = "16384",
      description = "The maximum length of a prompt in characters (default: ${DEFAULT-VALUE}).")
  private int maxCharacters = PromptColumns.DEFAULT_MAX_CHARACTERS;

  Path file() {
    return file;
  }

  int maxCharacters() {
    return maxCharacters;
  }

  boolean isTimed() {
    return timestamp != null;
  }

  boolean isScoped() {
    return scope != null;
  }

  boolean isLabeled() {
    return label != null;
  }

  /** Returns the column of the labels, or an empty string if there is none. */
  String label() {
    return label == null ? "" : label;
  }

  DataFile read() {
    return DataFile.read(file, format.of(file));
  }

  List<LabeledPrompt> prompts() {
    PromptColumns columns = PromptColumns.of(prompt).maxCharacters(maxCharacters);
    if (label != null) {
      columns = columns.label(label);
    }
    if (scope != null) {
      columns = columns.scope(scope);
    }
    if (timestamp != null) {
      columns = columns.timestamp(timestamp);
    }
    return read().prompts(columns);
  }
}
