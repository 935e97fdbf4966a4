package io.github.semcache.cli;

import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.DataSet;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.PairColumns;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The file of pairs and the names of its columns. */
final class PairFileOptions {
  @Parameters(
      paramLabel = "FILE",
      description = "A UTF-8 file of prompt pairs: CSV, TSV, or JSON lines.")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private Path file;

  @Mixin private final FormatOption format = new FormatOption();

  @Option(
      names = "--columns",
      paramLabel = "NAMES",
      split = ",",
      description =
          "The column names of a file without a header, for example first,second,same. Lines that"
              + " start with # are then comments.")
  private @Nullable List<String> columns;

  @Option(
      names = "--first",
      paramLabel = "COLUMN",
      description = "The column of the cached prompt. Without it, the columns are recognized.")
  private @Nullable String first;

  @Option(
      names = "--second",
      paramLabel = "COLUMN",
      description = "The column of the prompt that is asked.")
  private @Nullable String second;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description =
          "The column of the labels: 1, true, yes, same, duplicate, or hit for the same answer, and"
              + " 0, false, no, different, or miss for different answers.")
  private @Nullable String label;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  Path file() {
    return file;
  }

  /** Reads the pairs, whose columns are recognized unless they are given. */
  List<LabeledPair> read() {
    if (first == null && second == null && label == null && columns == null) {
      return recognized();
    }
    if (first == null || second == null || label == null) {
      throw new ParameterException(
          spec.commandLine(), "--first, --second, and --label must be used together");
    }
    return data().pairsOfAnyLabel(PairColumns.of(first, second, label));
  }

  private DataFile data() {
    DataFile.Format actual = format.of(file);
    if (columns == null) {
      return DataFile.read(file, actual);
    }
    try {
      return DataFile.read(file, actual, columns);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--columns: " + e.getMessage(), e);
    }
  }

  private List<LabeledPair> recognized() {
    if (DataSet.read(file) instanceof DataSet.Pairs found) {
      return found.pairs();
    }
    throw new CommandException(
        file + " contains prompts and not pairs; see replay, or use --first, --second, and --label",
        null);
  }
}
