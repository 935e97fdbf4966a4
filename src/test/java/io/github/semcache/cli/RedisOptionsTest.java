package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.FakeRedis;
import io.github.semcache.testkit.FakeEmbedder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the error messages of the commands on a store in Redis. */
class RedisOptionsTest {
  private static CliRun run(String command, String store, String... more) {
    String[] args = new String[more.length + 4];
    args[0] = command;
    args[1] = "--store";
    args[2] = store;
    args[3] = "--no-embedding-cache";
    System.arraycopy(more, 0, args, 4, more.length);
    return CliRun.of(new FakeEmbedder(), args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://",
        "redis:localhost",
        "redis://:secret@under_score:6379",
        "redis://user-without-password@localhost",
        "rediss://:secret@localhost/nodatabase",
        "redis://:sec ret@localhost",
        "redis://localhost?color=blue"
      })
  void invalidUriIsReportedInOneLineWithoutItsPassword(String uri) {
    CliRun run = run("stats", uri);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("semcache-cli: --store: uri ").hasLineCount(1);
    assertThat(run.err()).doesNotContain("sec");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void unreachableServerIsReportedInOneLine() {
    FakeRedis stopped = new FakeRedis();
    stopped.close();
    for (String command : new String[] {"ls", "stats"}) {
      CliRun run = run(command, stopped.uri().toString());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).startsWith("semcache-cli: Redis failed to list").hasLineCount(1);
    }
    CliRun caches = CliRun.of(new FakeEmbedder(), "caches", "--store", stopped.uri().toString());
    assertThat(caches.exitCode()).isEqualTo(1);
    assertThat(caches.err()).startsWith("semcache-cli: Redis failed to list").hasLineCount(1);
    CliRun remove = run("forget", stopped.uri().toString(), "--all");
    assertThat(remove.exitCode()).isEqualTo(1);
    assertThat(remove.err()).startsWith("semcache-cli: Redis failed to list").hasLineCount(1);
    CliRun explain = run("explain", stopped.uri().toString(), "What?", "--tag", "a=b");
    assertThat(explain.exitCode()).isEqualTo(1);
    assertThat(explain.err()).startsWith("semcache-cli: Redis failed to list").hasLineCount(1);
    CliRun cluster = run("ls", stopped.uri().toString(), "--cluster");
    assertThat(cluster.exitCode()).isEqualTo(1);
    assertThat(cluster.err()).startsWith("semcache-cli: Redis failed to read").hasLineCount(1);
  }

  @Test
  void errorOfTheServerIsReportedInOneLine() {
    try (FakeRedis server = new FakeRedis()) {
      server.onAll("-NOAUTH Authentication required.");
      CliRun run = run("ls", server.uri().toString());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("NOAUTH Authentication required.").hasLineCount(1);
    }
  }

  @Test
  void missingIndexIsReported() {
    try (FakeRedis server = new FakeRedis()) {
      server.on("SCAN", "*2\r\n$1\r\n0\r\n*0");
      server.on("HMGET", "*5\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1");
      server.on("FT.SEARCH", "-sem_cache:v2:fake-embedder:64: no such index");
      CliRun run = run("explain", server.uri().toString(), "What?", "--tag", "a=b");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("Redis has no index sem_cache:v2:").hasLineCount(1);
      assertThat(server.received("FT.CREATE")).isEmpty();
    }
  }

  @Test
  void replayRejectsAStoreInRedis() {
    CliRun run = run("replay", "redis://:secret@localhost", "prompts.csv");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("semcache-cli: --store is a Redis URI")
        .doesNotContain("secret")
        .hasLineCount(1);
    assertThat(Path.of("redis:")).doesNotExist();
  }

  @Test
  void redisOptionsRequireARedisStore(@TempDir Path directory) {
    CliRun run = run("ls", directory.toString(), "--cluster");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--cluster and --cache-name require a Redis URI as --store");
  }
}
