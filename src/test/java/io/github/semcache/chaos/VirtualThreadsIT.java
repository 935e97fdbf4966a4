package io.github.semcache.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.verify.PairVerifier;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Asks with 500 virtual threads while the embedder hangs. Their carrier threads must remain free
 * for other virtual threads. Run with {@code mvn -Pchaos verify} on JDK 21 or later.
 */
@Tag("chaos")
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsIT {
  private static final int THREADS = 500;
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final Duration WARM_UP_DEADLINE = Duration.ofSeconds(20);

  /** Loading a class pins a thread for a shorter time. */
  private static final Duration MIN_PINNED = Duration.ofMillis(20);

  /** The time to start 500 threads and 256 workers, on a machine with two cores. */
  private static final Duration MARGIN = Duration.ofMillis(500);

  @Test
  void hangingEmbedderDelaysVirtualThreadsByTheDeadlineAndPinsNoCarrier() throws Exception {
    Items.ItemEmbedder embedder = new Items.ItemEmbedder();
    PartFaults.Hang hang = new PartFaults.Hang();
    embedder.before(hang::awaitEnd);
    AtomicLong longest = new AtomicLong();
    AtomicInteger fromModel = new AtomicInteger();
    try (PinnedThreads pinned = new PinnedThreads();
        Hiccups platform = new Hiccups();
        Hiccups virtual = new Hiccups(VirtualThreadsIT::startVirtual);
        SemanticCache cache =
            SemanticCache.builder()
                .embedder(embedder)
                .chatClient(new Items.Model())
                .verifier(PairVerifier.none())
                .noGuards()
                .deadline(DEADLINE)
                .build()) {
      askWithAllThreads(item -> cache.ask(prompt(-1 - item).deadline(WARM_UP_DEADLINE)));
      hang.begin();
      pinned.start();
      askWithAllThreads(
          item -> {
            long start = System.nanoTime();
            Answer answer = cache.ask(prompt(item));
            longest.accumulateAndGet(System.nanoTime() - start, Math::max);
            fromModel.addAndGet(answer.source() == Answer.Source.MODEL ? 1 : 0);
          });
      hang.end();

      System.out.printf(
          "%d virtual threads, embedder hangs: longest wait %d ms at a deadline of %d ms; longest"
              + " delay of another virtual thread %d ms, of a platform thread %d ms; threads pinned"
              + " for more than 20 ms: %d%n",
          THREADS,
          Duration.ofNanos(longest.get()).toMillis(),
          DEADLINE.toMillis(),
          virtual.longest().toMillis(),
          platform.longest().toMillis(),
          pinned.count());
      assertThat(fromModel).hasValue(THREADS);
      assertThat(Duration.ofNanos(longest.get()))
          .isLessThan(DEADLINE.plus(MARGIN).plus(platform.longest()));
      assertThat(pinned.count()).isZero();
    }
  }

  private static Prompt prompt(int item) {
    return Items.prompt(0, item, 0);
  }

  /** Calls an action on each of the virtual threads and waits for all of them. */
  private static void askWithAllThreads(IntConsumer action) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(THREADS);
    for (int i = 0; i < THREADS; i++) {
      int item = i;
      startVirtual(
          () -> {
            action.accept(item);
            done.countDown();
          });
    }
    done.await();
  }

  private static void startVirtual(Runnable task) {
    try {
      Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
      start.invoke(null, task);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Counts the events of virtual threads that block their carrier thread. */
  private static final class PinnedThreads implements AutoCloseable {
    private final Recording recording = new Recording();

    PinnedThreads() {
      recording.enable("jdk.VirtualThreadPinned").withThreshold(MIN_PINNED);
    }

    void start() {
      recording.start();
    }

    long count() throws IOException {
      Path file = Files.createTempFile("pinned", ".jfr");
      try {
        recording.dump(file);
        return RecordingFile.readAllEvents(file).size();
      } finally {
        Files.delete(file);
      }
    }

    @Override
    public void close() {
      recording.close();
    }
  }
}
