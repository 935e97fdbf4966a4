package io.github.semcache.cli;

import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.ListableStore.ListedEntry;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code forget}. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = "Removes entries from a store.")
final class ForgetCommand implements Callable<Integer> {
  @Mixin private final RunningStoreOptions store;

  /** So many hexadecimal digits are no accident, such as a variable of a shell that is not set. */
  private static final int MIN_DIGITS = 6;

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private What what;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ForgetCommand(CliEnvironment surroundings) {
    this.store = new RunningStoreOptions(surroundings);
  }

  /** Which entries; one of the three. */
  private static final class What {
    @Option(
        names = "--key",
        paramLabel = "DIGITS",
        description = "The entry whose key begins so (see ls); at least 6 digits.")
    private @Nullable String key;

    @Option(
        names = "--scope",
        paramLabel = "DIGITS",
        description = "The entries of the scope that begins so (see ls); at least 6 digits.")
    private @Nullable String scope;

    @Option(names = "--all", description = "All entries of the store.")
    private boolean all;

    EntrySelector selection(Stores.Opened opened) {
      if (key != null) {
        return new EntrySelector.ByKey(key(opened, key));
      }
      if (scope != null) {
        return new EntrySelector.ByScope(
            RunningStoreOptions.scope(opened.entries(listed -> true), scope));
      }
      if (all) {
        return new EntrySelector.All();
      }
      throw new CommandException("nothing is named that is to be forgotten", null);
    }

    private static String key(Stores.Opened opened, String prefix) {
      List<ListedEntry> found = opened.entries(listed -> listed.entry().key().startsWith(prefix));
      if (found.size() != 1) {
        throw new CommandException(
            "--key is '" + prefix + "'; " + found.size() + " keys begin so", null);
      }
      return found.get(0).entry().key();
    }
  }

  @Override
  public Integer call() {
    requireDigits("--key", what.key);
    requireDigits("--scope", what.scope);
    long removed = store.with((embedder, opened) -> opened.store().remove(what.selection(opened)));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, Map.of("removed", removed));
    } else {
      out.println(removed == 1 ? "1 entry removed" : removed + " entries removed");
      out.flush();
    }
    return 0;
  }

  private void requireDigits(String option, @Nullable String prefix) {
    if (prefix != null && prefix.length() < MIN_DIGITS) {
      throw new ParameterException(
          spec.commandLine(),
          option + " is '" + prefix + "'; it must have at least " + MIN_DIGITS + " digits");
    }
  }
}
