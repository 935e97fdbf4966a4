package io.github.semcache.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads the code blocks of {@code docs/redis.md}, so that tests can verify them. */
final class RedisGuide {
  private static final Path FILE = Path.of("docs", "redis.md");
  private static final String FENCE = "```";

  private RedisGuide() {}

  static String text() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the arguments of the first call of {@code redis-cli} below a heading. */
  static String[] command(String heading) {
    String text = text();
    int section = text.indexOf("\n" + heading + "\n");
    if (section < 0) {
      throw new IllegalArgumentException("the guide has no heading '" + heading + "'");
    }
    int begin = text.indexOf("redis-cli ", section);
    return Arrays.stream(text.substring(begin, text.indexOf(FENCE, begin)).split("[\\s\\\\]+"))
        .skip(1)
        .map(word -> word.replace("'", ""))
        .toArray(String[]::new);
  }

  /**
   * Returns the arguments of {@code ACL SETUSER} below a heading, for a user that has no other
   * permissions.
   */
  static String[] permissions(String heading, String cacheName) {
    return Arrays.stream(command(heading))
        .filter(word -> word.startsWith("~") || word.startsWith("+"))
        .map(word -> word.replace("~sem_cache:", "~" + cacheName + ":"))
        .toArray(String[]::new);
  }
}
