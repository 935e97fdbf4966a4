package io.github.semcache.cli;

import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    description = "Removes entries from a store, or invalidates a dependency.")
final class ForgetCommand implements Callable<Integer> {
  /** The minimum length of a prefix, so that an unset shell variable does not remove entries. */
  private static final int MIN_PREFIX_LENGTH = 6;

  @Mixin private final ExistingStoreOptions store;

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private SelectorOptions selector;

  @Option(
      names = "--dry-run",
      description = "Print the number of entries that would be removed, and remove nothing.")
  private boolean dryRun;

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

    @Option(
        names = "--entry",
        paramLabel = "ID",
        description = "Remove the entry with this ID, which is its whole key.")
    private @Nullable String entry;

    @Option(
        names = "--tag",
        paramLabel = "NAME=VALUE",
        converter = NameAndValue.Converter.class,
        description = "Remove the entries with this tag, whatever else is in their scopes.")
    private @Nullable NameAndValue tag;

    @ArgGroup(exclusive = false, multiplicity = "0..1")
    private @Nullable LabelOptions labels;

    @Option(
        names = "--chat-model",
        paramLabel = "MODEL",
        description = "Remove the answers of this chat model.")
    private @Nullable String chatModel;

    @Option(
        names = "--older-than",
        paramLabel = "DURATION",
        description = "Remove the entries that are older than this, for example P7D or PT12H.")
    private @Nullable Duration olderThan;

    @Option(
        names = "--dependency",
        paramLabel = "NAME",
        description =
            "Invalidate the entries that depend on NAME. They are not served again, and remain"
                + " until they expire.")
    private @Nullable String dependency;

    @Option(names = "--all", description = "Remove all entries.")
    private boolean all;

    EntrySelector selector(Stores.OpenStore opened) {
      if (entry != null) {
        return EntrySelector.entry(entry);
      }
      if (tag != null) {
        return EntrySelector.tag(tag.name(), tag.value());
      }
      if (labels != null && labels.filter().isPresent()) {
        return EntrySelector.labels(labels.filter().get());
      }
      if (chatModel != null) {
        return EntrySelector.model(chatModel);
      }
      if (olderThan != null) {
        return EntrySelector.createdBefore(Instant.now().minus(olderThan));
      }
      if (dependency != null) {
        return EntrySelector.currentDependents(opened.store(), dependency);
      }
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
      throw new CommandException("an option that selects entries is missing", null);
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
    requireNotNegative(selector.olderThan);
    Result result = store.withoutEmbedder((space, opened) -> remove(opened));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, result.toJson());
      return 0;
    }
    String verb = selector.dependency == null ? "removed" : "invalidated";
    out.println(
        (result.removed == 1 ? "1 entry " : result.removed + " entries ")
            + (dryRun ? "would be " + verb : verb));
    out.flush();
    if (result.unknown.isPresent()) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          "no entry has a " + result.unknown.get().kind + " with this name; is it misspelled?");
      err.flush();
    }
    return 0;
  }

  /**
   * The result of the command.
   *
   * @param removed the number of entries that were removed or invalidated, or would be
   * @param unknown present if the entries of a tag or a label were selected, but no entry has one
   *     with its name
   */
  private record Result(long removed, Optional<UnknownName> unknown) {
    Map<String, Object> toJson() {
      return unknown.isEmpty()
          ? Map.of("removed", removed)
          : Map.of("removed", removed, unknown.get().kind + "NameKnown", false);
    }
  }

  /** What no entry has with the name of an option. */
  private enum UnknownName {
    TAG("tag"),
    LABEL("label");

    private final String kind;

    UnknownName(String kind) {
      this.kind = kind;
    }
  }

  private Optional<UnknownName> unknownName(VectorStore target) {
    if (selector.tag != null && target.count(EntrySelector.tag(selector.tag.name())) == 0) {
      return Optional.of(UnknownName.TAG);
    }
    return selector.labels != null
            && selector.labels.names().stream()
                .map(Labels.Filter::exists)
                .anyMatch(filter -> target.count(EntrySelector.labels(filter)) == 0)
        ? Optional.of(UnknownName.LABEL)
        : Optional.empty();
  }

  private Result remove(Stores.OpenStore opened) {
    VectorStore target = opened.store();
    EntrySelector selected = selector.selector(opened);
    Optional<UnknownName> unknown = unknownName(target);
    if (dryRun) {
      return new Result(target.count(selected), unknown);
    }
    if (selector.dependency != null) {
      long dependents = target.count(selected);
      target.renewVersion(Scope.dependencyTerm(selector.dependency));
      return new Result(dependents, unknown);
    }
    return new Result(target.remove(selected), unknown);
  }

  private void requireNotNegative(@Nullable Duration olderThan) {
    if (olderThan != null && olderThan.isNegative()) {
      throw new ParameterException(
          spec.commandLine(), "--older-than is " + olderThan + "; it must not be negative");
    }
  }

  private void requireMinLength(String option, @Nullable String prefix) {
    if (prefix != null && prefix.length() < MIN_PREFIX_LENGTH) {
      throw new ParameterException(
          spec.commandLine(),
          option + " is '" + prefix + "'; it must have at least " + MIN_PREFIX_LENGTH + " digits");
    }
  }
}
