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

/** The {@code forget} command. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = "Removes entries from a store.")
final class ForgetCommand implements Callable<Integer> {
  /** The minimum length of a prefix, so that an unset shell variable does not remove entries. */
  private static final int MIN_PREFIX_LENGTH = 6;

  @Mixin private final ExistingStoreOptions store;

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private SelectorOptions selector;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ForgetCommand(CliEnvironment environment) {
    this.store = new ExistingStoreOptions(environment);
  }

  /** The entries to remove; exactly one of the options is given. */
  private static final class SelectorOptions {
    @Option(
        names = "--key",
        paramLabel = "PREFIX",
        description =
            "Remove the entry whose key starts with PREFIX, which has at least 6 digits (see ls).")
    private @Nullable String key;

    @Option(
        names = "--scope",
        paramLabel = "PREFIX",
        description =
            "Remove the entries whose scope starts with PREFIX, which has at least 6 digits"
                + " (see ls).")
    private @Nullable String scope;

    @Option(names = "--all", description = "Remove all entries.")
    private boolean all;

    EntrySelector selector(Stores.OpenStore opened) {
      if (key != null) {
        return new EntrySelector.ByKey(key(opened, key));
      }
      if (scope != null) {
        return new EntrySelector.ByScope(
            ExistingStoreOptions.scope(opened.entries(listed -> true), scope));
      }
      if (all) {
        return new EntrySelector.All();
      }
      throw new CommandException("--key, --scope, or --all is missing", null);
    }

    private static String key(Stores.OpenStore opened, String prefix) {
      List<ListedEntry> found = opened.entries(listed -> listed.entry().key().startsWith(prefix));
      if (found.size() != 1) {
        throw new CommandException(
            "--key is '" + prefix + "'; it must match one key, but it matches " + found.size(),
            null);
      }
      return found.get(0).entry().key();
    }
  }

  @Override
  public Integer call() {
    requireMinLength("--key", selector.key);
    requireMinLength("--scope", selector.scope);
    long removed =
        store.withoutEmbedder((space, opened) -> opened.store().remove(selector.selector(opened)));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, Map.of("removed", removed));
    } else {
      out.println(removed == 1 ? "1 entry removed" : removed + " entries removed");
      out.flush();
    }
    return 0;
  }

  private void requireMinLength(String option, @Nullable String prefix) {
    if (prefix != null && prefix.length() < MIN_PREFIX_LENGTH) {
      throw new ParameterException(
          spec.commandLine(),
          option + " is '" + prefix + "'; it must have at least " + MIN_PREFIX_LENGTH + " digits");
    }
  }
}
