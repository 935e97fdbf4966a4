package io.github.semcache.chaos;

import static io.github.semcache.chaos.RedisNode.send;

import io.github.semcache.chaos.Scenario.Fault;
import io.github.semcache.chaos.Scenario.Run;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The scenarios that need Redis servers. */
final class RedisScenarios {
  private static final Duration TRICKLE = Duration.ofMillis(400);
  private static final Duration KILL_INTERVAL = Duration.ofMillis(50);
  private static final int KILLS = 40;
  private static final int ENTRIES_TO_LOAD = 2_000;

  private RedisScenarios() {}

  /** The scenarios without a cluster. */
  static Stream<Scenario<?>> all() {
    return Stream.of(standalone(), resp3(), sentinel()).flatMap(List::stream);
  }

  /** Two short scenarios for the normal build. */
  static Stream<Scenario<?>> smoke() {
    return Stream.of(
        standalone("SIGSTOP", RedisScenarios::pause),
        standalone("killed, restarted empty", RedisScenarios::killAndRestart));
  }

  private static Scenario<SingleServer> standalone(String faultName, Fault<SingleServer> fault) {
    return standalone(faultName, SingleServer::start, fault);
  }

  private static Scenario<SingleServer> standalone(
      String faultName, Supplier<SingleServer> start, Fault<SingleServer> fault) {
    return Scenario.of("standalone", faultName, start, fault);
  }

  private static List<Scenario<?>> standalone() {
    return List.of(
        standalone("none", Run::hold),
        standalone("SIGSTOP", RedisScenarios::pause),
        standalone("killed, restarted empty", RedisScenarios::killAndRestart),
        standalone(
            "killed, restarted with AOF",
            () -> SingleServer.start("--appendonly", "yes"),
            RedisScenarios::killAndRestart),
        standalone("FLUSHALL", run -> command(run, "FLUSHALL")),
        standalone("FT.DROPINDEX", RedisScenarios::dropIndex),
        standalone("DEBUG SLEEP", run -> command(run, "DEBUG", "SLEEP", "2.5")),
        standalone("maxmemory, noeviction", RedisScenarios::fillMemory),
        standalone("maxmemory, volatile-lru", RedisScenarios::evict).newRate(0.5),
        standalone("connections killed", RedisScenarios::killConnections),
        standalone("password changed", RedisScenarios::changePassword),
        standalone(
            "loading 2,000 entries",
            () -> SingleServer.start("--loading-process-events-interval-bytes", "1024"),
            RedisScenarios::restartSlowly),
        standalone("replica without a master", RedisScenarios::replicate),
        standalone("replica that refuses reads", RedisScenarios::replicateWithoutStaleData),
        standalone(
            "replies trickle", () -> SingleServer.start().throughProxy(), RedisScenarios::trickle),
        standalone(
            "replies are truncated",
            () -> SingleServer.start().throughProxy(),
            RedisScenarios::truncate),
        standalone(
            "client killed while it writes",
            run -> WriterProcess.startAndKill(3, run.deployment().node().uri())),
        standalone("clock jumps", RedisScenarios::jump).timeToLive(Duration.ofSeconds(3)));
  }

  private static List<Scenario<?>> resp3() {
    Supplier<SingleServer> start = SingleServer::resp3;
    return List.of(
        Scenario.of("RESP3", "SIGSTOP", start, RedisScenarios::pause),
        Scenario.of("RESP3", "killed, restarted empty", start, RedisScenarios::killAndRestart),
        Scenario.of("RESP3", "FLUSHALL", start, run -> command(run, "FLUSHALL")),
        Scenario.of("RESP3", "connections killed", start, RedisScenarios::killConnections),
        Scenario.of(
            "RESP3",
            "replies trickle",
            () -> SingleServer.resp3().throughProxy(),
            RedisScenarios::trickle),
        Scenario.of(
            "RESP3",
            "replies are truncated",
            () -> SingleServer.resp3().throughProxy(),
            RedisScenarios::truncate));
  }

  private static List<Scenario<?>> sentinel() {
    Supplier<SentinelDeployment> start = SentinelDeployment::start;
    return List.of(
        Scenario.of(
            "sentinel",
            "failover",
            start,
            run -> {
              run.deployment().failOver();
              run.deployment().awaitPromotion();
            }),
        Scenario.of(
            "sentinel",
            "master killed",
            start,
            run -> {
              run.deployment().master().kill();
              run.deployment().awaitPromotion();
            }),
        Scenario.of(
            "sentinel",
            "master SIGSTOP for 6 s",
            start,
            run -> run.deployment().master().pauseFor(Duration.ofSeconds(6))));
  }

  static Stream<Scenario<?>> cluster() {
    Supplier<ClusterDeployment> start = ClusterDeployment::start;
    return Stream.of(
        Scenario.of(
            "cluster",
            "failover",
            start,
            run -> run.deployment().replicaOf(0).command("CLUSTER", "FAILOVER")),
        Scenario.of(
            "cluster",
            "master killed, replica promoted",
            start,
            run -> {
              run.deployment().masters().get(1).kill();
              awaitMaster(run.deployment().replicaOf(1));
            }),
        Scenario.of(
            "cluster",
            "master and replica lost, restarted",
            start,
            run -> {
              run.deployment().replicaOf(2).kill();
              run.deployment().masters().get(2).kill();
              run.hold();
              run.deployment().masters().get(2).restart();
              run.deployment().replicaOf(2).restart();
              run.deployment().awaitReady();
            }),
        Scenario.of(
            "cluster",
            "master SIGSTOP",
            start,
            run -> run.deployment().masters().get(1).pauseFor(Scenario.FAULT)),
        Scenario.of(
            "cluster",
            "FLUSHALL of a master",
            start,
            run -> run.deployment().masters().get(0).command("FLUSHALL")),
        Scenario.of(
            "cluster",
            "connections killed",
            start,
            run -> killConnections(run.deployment().masters())));
  }

  private static void awaitMaster(RedisNode node) {
    Waiting.until(Duration.ofSeconds(30), "the replica is promoted", node::isMaster);
  }

  private static void command(Run<SingleServer> run, String... words) {
    run.deployment().node().command(words);
  }

  private static void pause(Run<SingleServer> run) {
    run.deployment().node().pauseFor(Scenario.FAULT);
  }

  private static void killAndRestart(Run<SingleServer> run) {
    run.deployment().node().kill();
    run.hold();
    run.deployment().node().restart();
  }

  private static void dropIndex(Run<SingleServer> run) {
    RedisNode node = run.deployment().node();
    for (Object index : (List<?>) node.command("FT._LIST")) {
      node.command("FT.DROPINDEX", RedisNode.text(index));
    }
  }

  private static void fillMemory(Run<SingleServer> run) {
    command(run, "CONFIG", "SET", "maxmemory", "1");
    run.hold();
    command(run, "CONFIG", "SET", "maxmemory", "0");
  }

  /** Leaves room for a few entries, so that new ones evict old ones. */
  private static void evict(Run<SingleServer> run) {
    long used = run.deployment().node().info("memory", "used_memory");
    command(run, "CONFIG", "SET", "maxmemory-policy", "volatile-lru");
    command(run, "CONFIG", "SET", "maxmemory", Long.toString(used + 100_000));
    run.hold();
    command(run, "CONFIG", "SET", "maxmemory", "0");
  }

  private static void killConnections(Run<SingleServer> run) {
    killConnections(List.of(run.deployment().node()));
  }

  private static void killConnections(List<RedisNode> nodes) {
    for (int i = 0; i < KILLS; i++) {
      nodes.forEach(node -> node.command("CLIENT", "KILL", "TYPE", "normal"));
      Pause.of(KILL_INTERVAL);
    }
  }

  private static void changePassword(Run<SingleServer> run) {
    run.deployment()
        .node()
        .control(
            connection -> {
              send(connection, "CONFIG", "SET", "requirepass", "changed");
              send(connection, "CLIENT", "KILL", "TYPE", "normal");
              run.hold();
              return send(connection, "CONFIG", "SET", "requirepass", "");
            });
  }

  /** Restarts the server such that loading its data takes about two seconds. */
  private static void restartSlowly(Run<SingleServer> run) {
    RedisNode node = run.deployment().node();
    node.control(
        connection -> {
          for (int i = 0; i < ENTRIES_TO_LOAD; i++) {
            send(connection, "SET", "other:" + i, "value", "EX", "600");
          }
          return send(connection, "SAVE");
        });
    node.kill();
    node.restart("--key-load-delay", "1000");
  }

  private static void replicate(Run<SingleServer> run) {
    command(run, "REPLICAOF", "127.0.0.1", "1");
    run.hold();
    command(run, "REPLICAOF", "NO", "ONE");
  }

  private static void replicateWithoutStaleData(Run<SingleServer> run) {
    command(run, "CONFIG", "SET", "replica-serve-stale-data", "no");
    replicate(run);
  }

  private static void trickle(Run<SingleServer> run) {
    run.deployment().proxy().trickle(TRICKLE);
    run.hold();
    run.deployment().proxy().trickle(Duration.ZERO);
  }

  private static void truncate(Run<SingleServer> run) {
    run.deployment().proxy().truncate(true);
    run.hold();
    run.deployment().proxy().truncate(false);
  }

  static void jump(Run<?> run) {
    for (Duration offset :
        List.of(
            Duration.ofHours(1),
            Duration.ofHours(-1),
            Duration.ofDays(400),
            Duration.ofDays(-400),
            Duration.ofSeconds(-2),
            Duration.ZERO)) {
      run.clock().jumpTo(offset);
      Pause.of(Duration.ofMillis(700));
    }
  }
}
