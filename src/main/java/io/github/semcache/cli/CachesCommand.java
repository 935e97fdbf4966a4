package io.github.semcache.cli;

import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code caches} command. */
@Command(
    name = "caches",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Lists the caches of a Redis server, with their embedding models and sizes.",
      "Caches without a search index, for example after FT.DROPINDEX, are not listed."
    })
final class CachesCommand implements Callable<Integer> {
  private static final double MEBIBYTE = 1 << 20;

  @Option(
      names = "--store",
      paramLabel = "URI",
      required = true,
      description = "redis[s]://[[user]:password@]host[:port]")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private String uri;

  @Option(names = "--cluster", description = "The Redis server is a node of a Redis cluster.")
  private boolean cluster;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Override
  public Integer call() {
    if (!Stores.isRedis(uri)) {
      throw new ParameterException(
          spec.commandLine(),
          "--store is not a Redis URI; it must be one, because a directory has one cache");
    }
    List<RedisVectorStore.StoredCache> caches = RedisVectorStore.caches(Stores.redis(uri, cluster));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, caches.stream().map(CachesCommand::json).toList());
    } else {
      print(caches, out);
    }
    return 0;
  }

  private static void print(List<RedisVectorStore.StoredCache> caches, PrintWriter out) {
    if (caches.isEmpty()) {
      out.println("no caches");
    } else {
      int width = caches.stream().mapToInt(cache -> cache.cacheName().length()).max().orElse(0) + 2;
      for (RedisVectorStore.StoredCache cache : caches) {
        out.printf(
            Locale.ROOT,
            "%-" + width + "s%s, dimension %d%s: %,d entries, index %.1f MiB%n",
            TerminalText.line(cache.cacheName()),
            TerminalText.line(cache.space().modelId()),
            cache.space().dimension(),
            cache.vectorType() == VectorType.FLOAT32 ? "" : " (" + cache.vectorType() + ")",
            cache.entries(),
            cache.indexBytes() / MEBIBYTE);
      }
    }
    out.flush();
  }

  private static Map<String, Object> json(RedisVectorStore.StoredCache cache) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cacheName", cache.cacheName());
    json.put("embeddingModel", cache.space().modelId());
    json.put("dimension", cache.space().dimension());
    json.put("vectorType", cache.vectorType().name());
    json.put("entries", cache.entries());
    json.put("indexBytes", cache.indexBytes());
    return json;
  }
}
