package io.github.semcache.cli;

import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.PromptColumns;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The data file and the names of its columns. */
final class PromptFileOptions {
  @Mixin private final PromptColumnOptions input = new PromptColumnOptions();

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

  Path file() {
    return input.file();
  }

  int maxCharacters() {
    return input.maxCharacters();
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
    return DataFile.read(input.file(), input.format());
  }

  List<LabeledPrompt> prompts() {
    PromptColumns columns = PromptColumns.of(input.prompt()).maxCharacters(input.maxCharacters());
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
