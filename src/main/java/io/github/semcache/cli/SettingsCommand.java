package io.github.semcache.cli;

import io.github.semcache.policy.CacheSettings;
import io.github.semcache.store.StateStore;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code settings} command. */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Prints the settings that the running caches on a store share, after changing those that are"
          + " given.",
      "Caches use them if they were built with sharedSettings, within the interval of that option. A"
          + " directory can only be opened while no cache uses it."
    })
final class SettingsCommand implements Callable<Integer> {
  @Mixin private final ExistingStoreOptions store;

  @Option(
      names = "--max-distance",
      paramLabel = "DISTANCE",
      description = "The maximum cosine distance of a hit, from 0 to 2.")
  private @Nullable Double maxDistance;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "The time to live of answers that are stored from now on, for example PT24H.")
  private @Nullable Duration timeToLive;

  @Option(
      names = "--deadline",
      paramLabel = "DURATION",
      description = "The time limit of a lookup, for example PT0.3S.")
  private @Nullable Duration deadline;

  @Option(
      names = "--reset",
      description = "Remove the settings that are not given, so that those of the programs apply.")
  private boolean reset;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  SettingsCommand(CliEnvironment environment) {
    this.store = new ExistingStoreOptions(environment);
  }

  @Override
  public Integer call() {
    CacheSettings unused = changed(CacheSettings.none()); // Checks the options.
    CacheSettings settings =
        store.withoutEmbedder((space, opened) -> update((StateStore) opened.store()));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, toMap(settings));
    } else {
      toMap(settings)
          .forEach((name, value) -> out.printf("%-12s %s%n", name, value == null ? "-" : value));
      out.flush();
    }
    return 0;
  }

  private CacheSettings update(StateStore states) {
    if (reset || maxDistance != null || timeToLive != null || deadline != null) {
      CacheSettings.update(states, old -> changed(reset ? CacheSettings.none() : old));
    }
    return CacheSettings.load(states);
  }

  private CacheSettings changed(CacheSettings old) {
    CacheSettings settings = old;
    try {
      settings = maxDistance == null ? settings : settings.maxDistance(maxDistance);
      settings = timeToLive == null ? settings : settings.timeToLive(timeToLive);
      return deadline == null ? settings : settings.deadline(deadline);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static Map<String, @Nullable Object> toMap(CacheSettings settings) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put(
        "maxDistance",
        settings.maxDistance().isPresent() ? settings.maxDistance().getAsDouble() : null);
    values.put("timeToLive", text(settings.timeToLive()));
    values.put("deadline", text(settings.deadline()));
    return values;
  }

  private static @Nullable String text(Optional<Duration> duration) {
    return duration.map(Duration::toString).orElse(null);
  }
}
