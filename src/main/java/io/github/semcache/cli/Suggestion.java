package io.github.semcache.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Suggests the command or the option that a user probably meant. */
final class Suggestion {
  /** The maximum edit distance of a suggestion, as a fraction of the length of the argument. */
  private static final double MAX_DISTANCE = 0.4;

  private Suggestion() {}

  /**
   * Returns the names that are most similar to an unknown argument.
   *
   * @param failure the failure, which may also be a consequence of a misspelled option: a missing
   *     option or parameter
   * @param args all arguments
   */
  static List<String> of(ParameterException failure, String[] args) {
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    if (failure instanceof UnmatchedArgumentException unmatched) {
      return similar(command, unmatched.getUnmatched().get(0));
    }
    return misspelled(failure, args).stream()
        .flatMap(argument -> similar(command, argument).stream())
        .toList();
  }

  /**
   * Returns the first argument that is probably a misspelled option, if that is why an option or a
   * parameter is missing.
   *
   * @param failure the failure
   * @param args all arguments
   */
  static Optional<String> misspelled(ParameterException failure, String[] args) {
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    return failure instanceof MissingParameterException
        ? Stream.of(args)
            .takeWhile(argument -> !argument.equals("--"))
            .filter(argument -> argument.startsWith("--") && !isOption(command, argument))
            .filter(argument -> !similar(command, argument).isEmpty())
            .findFirst()
            .map(Suggestion::name)
        : Optional.empty();
  }

  private static boolean isOption(CommandSpec command, String argument) {
    return command.optionsMap().containsKey(name(argument));
  }

  private static String name(String argument) {
    int equals = argument.indexOf('=');
    return equals < 0 ? argument : argument.substring(0, equals);
  }

  private static List<String> similar(CommandSpec command, String argument) {
    String name = name(argument);
    return mostSimilar(
        name,
        List.copyOf(
            name.startsWith("-") ? command.optionsMap().keySet() : command.subcommands().keySet()));
  }

  private static List<String> mostSimilar(String name, Collection<String> known) {
    Optional<Integer> least =
        known.stream().map(other -> editDistance(name, other)).min(Comparator.naturalOrder());
    return least.filter(distance -> distance <= Math.max(1, MAX_DISTANCE * name.length())).stream()
        .flatMap(distance -> known.stream().filter(other -> editDistance(name, other) == distance))
        .toList();
  }

  /**
   * Returns the number of characters to insert, delete, replace, or swap with their neighbor (the
   * optimal string alignment distance).
   */
  static int editDistance(String a, String b) {
    int[][] distance = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        distance[i][j] = i == 0 || j == 0 ? i + j : step(distance, a, b, i, j);
      }
    }
    return distance[a.length()][b.length()];
  }

  private static int step(int[][] distance, String a, String b, int i, int j) {
    int replaced = distance[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int least = Math.min(replaced, 1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
    boolean isSwapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return isSwapped ? Math.min(least, distance[i - 2][j - 2] + 1) : least;
  }
}
