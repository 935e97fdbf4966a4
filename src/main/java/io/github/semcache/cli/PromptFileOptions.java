package io.github.semcache.cli;

import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.PromptColumns;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A file of prompts, and which of its columns hold what. */
final class PromptFileOptions {
  @Parameters(paramLabel = "FILE", description = "CSV with a header, TSV, or JSON lines; in UTF-8.")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private Path file;

  @Option(
      names = "--format",
      description =
          "${COMPLETION-CANDIDATES}; by default as the file's name ends (.tsv, .jsonl), else CSV.")
  private DataFile.@Nullable Format format;

  @Option(
      names = "--prompt",
      paramLabel = "COLUMN",
      defaultValue = "prompt",
      description = "The column of the prompts (default: ${DEFAULT-VALUE}).")
  private String prompt = "prompt";

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description =
          "The column that names the right answer: prompts of one label may share an answer.")
  private @Nullable String label;

  @Option(
      names = "--scope",
      paramLabel = "COLUMN",
      description = "The column of what must be equal, for example a tenant.")
  private @Nullable String scope;

  @Option(
      names = "--timestamp",
      paramLabel = "COLUMN",
      description =
          "The column of the times; the prompts are asked in that order, and time passes for the"
              + " cache accordingly.")
  private @Nullable String timestamp;

  @Option(
      names = "--max-characters",
      paramLabel = "N",
      defaultValue = "16384",
      description = "The longest prompt that is accepted (default: ${DEFAULT-VALUE}).")
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

  /** The column of the labels; empty if none was named. */
  String label() {
    return label == null ? "" : label;
  }

  DataFile read() {
    return format == null ? DataFile.read(file) : DataFile.read(file, format);
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
