package io.github.semcache.testing;

import java.nio.file.Path;
import java.util.List;

/** Reports the tests that need Redis. */
public final class RedisReport extends TaggedTestReport {
  static final String TAG = "redis";

  /** Called by JUnit. */
  public RedisReport() {
    this(Path.of("target", "redis-tests.txt"));
  }

  RedisReport(Path file) {
    super(TAG, "Redis", file);
  }

  @Override
  List<String> descriptions() {
    return RedisServers.descriptions();
  }
}
