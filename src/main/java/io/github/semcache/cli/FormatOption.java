package io.github.semcache.cli;

import io.github.semcache.evaluation.DataFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that selects the format of a data file. */
final class FormatOption {
  @Option(
      names = "--format",
      description =
          "${COMPLETION-CANDIDATES} (default: by the file name extension .tsv, .jsonl, .ndjson, or"
              + " .json, and otherwise CSV).")
  private DataFile.@Nullable Format format;

  /** Returns the format of a file. */
  DataFile.Format of(Path file) {
    return format == null ? DataFile.Format.of(file) : format;
  }
}
