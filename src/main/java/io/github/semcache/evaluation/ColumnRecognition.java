package io.github.semcache.evaluation;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Recognizes the columns of data files by their names or values; see {@link DataSet#read}. */
final class ColumnRecognition {
  /** Names of the column of a prompt text. */
  private static final List<String> PROMPT =
      List.of("prompt", "text", "question", "query", "utterance", "input");

  /** Names of the column of a label. */
  private static final List<String> LABEL = List.of("label", "category", "intent", "class");

  /** Names of the columns of the first and the second prompt of a pair. */
  private static final List<List<String>> PAIR =
      List.of(
          List.of("first", "second"),
          List.of("a", "b"),
          List.of("question1", "question2"),
          List.of("sentence1", "sentence2"),
          List.of("prompt1", "prompt2"),
          List.of("cached", "asked"));

  /** Names of the column that indicates whether the prompts of a pair have the same answer. */
  private static final List<String> SAME =
      List.of("same", "label", "expected", "is_duplicate", "duplicate");

  /** The column names of a file without a header, by the position of its label. */
  private static final List<List<String>> WITHOUT_HEADER =
      List.of(List.of("same", "first", "second"), List.of("first", "second", "same"));

  private ColumnRecognition() {}

  static DataSet read(Path path) {
    return withoutHeader(path)
        .or(() -> withHeader(DataFile.read(path)))
        .orElseThrow(
            () ->
                new DataFileException(
                    path
                        + ": the columns are not recognized; they must have names such as text and"
                        + " category, or first, second, and same"));
  }

  private static Optional<DataSet> withoutHeader(Path path) {
    if (DataFile.Format.of(path) != DataFile.Format.TSV) {
      return Optional.empty();
    }
    return WITHOUT_HEADER.stream()
        .flatMap(columns -> DataFile.tryRead(path, columns).stream())
        .filter(file -> file.hasPairLabels("same"))
        .findFirst()
        .map(
            file ->
                new DataSet.Pairs(file.pairsOfAnyLabel(PairColumns.of("first", "second", "same"))));
  }

  private static Optional<DataSet> withHeader(DataFile file) {
    Optional<String> same = column(file, SAME);
    Optional<List<String>> pair =
        PAIR.stream()
            .filter(
                names -> names.stream().allMatch(name -> column(file, List.of(name)).isPresent()))
            .findFirst();
    if (pair.isPresent() && same.isPresent()) {
      String first = column(file, pair.get().subList(0, 1)).orElseThrow();
      String second = column(file, pair.get().subList(1, 2)).orElseThrow();
      return Optional.of(
          new DataSet.Pairs(file.pairsOfAnyLabel(PairColumns.of(first, second, same.get()))));
    }
    Optional<String> prompt = column(file, PROMPT);
    Optional<String> label = column(file, LABEL);
    return prompt.isEmpty() || label.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new DataSet.Prompts(file.prompts(PromptColumns.of(prompt.get()).label(label.get()))));
  }

  /** Returns the column with the first of some names. */
  private static Optional<String> column(DataFile file, List<String> names) {
    return names.stream()
        .flatMap(
            name ->
                file.columns().stream()
                    .filter(column -> column.toLowerCase(Locale.ROOT).equals(name)))
        .findFirst();
  }
}
