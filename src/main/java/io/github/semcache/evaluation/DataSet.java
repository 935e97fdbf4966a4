package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;

/** A data file whose columns were recognized by their names or values. Immutable. */
public sealed interface DataSet {
  /**
   * Prompts with labels.
   *
   * @param prompts the prompts, in file order
   */
  record Prompts(List<LabeledPrompt> prompts) implements DataSet {
    public Prompts {
      prompts = List.copyOf(prompts);
    }
  }

  /**
   * Pairs of prompts.
   *
   * @param pairs the pairs, in file order
   */
  record Pairs(List<LabeledPair> pairs) implements DataSet {
    public Pairs {
      pairs = List.copyOf(pairs);
    }
  }

  /**
   * Reads a file. It contains pairs if it has two columns of prompts and a column of labels with
   * usual names, for example {@code first}, {@code second}, and {@code same}. It contains prompts
   * if it has a column of prompts and one of labels with usual names, for example {@code text} and
   * {@code category}. A tab-separated file of three columns without a header contains pairs if
   * every value of its first or its last column is a {@linkplain PairColumns#label label of a
   * pair}. Case of column names is ignored. Blocks on the file system.
   *
   * @param path the file
   * @return the prompts or the pairs
   * @throws DataFileException if the file cannot be read or is malformed, or its columns are not
   *     recognized
   */
  static DataSet read(Path path) {
    requireNonNull(path, "path");
    return ColumnRecognition.read(path);
  }
}
