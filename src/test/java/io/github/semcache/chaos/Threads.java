package io.github.semcache.chaos;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;

/** Counts the threads of the library and of its clients. */
final class Threads {
  /** The names of the threads of the tests and of the JVM begin with these. */
  private static final Set<String> OTHERS =
      Set.of("traffic-", "hiccups", "thread-peak", "trickling-proxy", "main", "process reaper");

  private Threads() {}

  static int ofTheLibrary() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(Thread::isAlive)
            .map(Thread::getName)
            .filter(name -> OTHERS.stream().noneMatch(name::startsWith))
            .count();
  }

  static Stream<String> names() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted();
  }

  /** Samples the number of threads. */
  static final class Peak implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private final Thread thread = new Thread(this::sample, "thread-peak");
    private volatile boolean stopped;
    private volatile int highest;

    Peak() {
      thread.setDaemon(true);
      thread.start();
    }

    private void sample() {
      while (!stopped) {
        highest = Math.max(highest, ofTheLibrary());
        Pause.of(INTERVAL);
      }
    }

    int highest() {
      return highest;
    }

    @Override
    public void close() {
      stopped = true;
    }
  }
}
