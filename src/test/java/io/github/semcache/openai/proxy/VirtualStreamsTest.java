package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Streams whose readers are virtual threads. */
final class VirtualStreamsTest extends CachedClientTest {
  private static final int STREAMS = 20;

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void streamsOfVirtualThreadsNeedNoPlatformThreads() throws Exception {
    server.always(CHAT, gatedAfter("Par"));
    Set<Thread> before = streamThreads();
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    List<CompletableFuture<String>> texts = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      String question = "Question " + i;
      CompletableFuture<String> text = new CompletableFuture<>();
      texts.add(text);
      Runnable read = () -> text.complete(text(stream(question)));
      start.invoke(null, read);
    }
    await().atMost(Duration.ofSeconds(40)).until(() -> chatRequests() == STREAMS);

    assertThat(before).containsAll(streamThreads());
    gate.countDown();
    assertThat(texts).allSatisfy(text -> assertThat(text.join()).isEqualTo("Paris."));
  }

  /** Returns the platform threads that read streams. Those of earlier tests end when idle. */
  private static Set<Thread> streamThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("semcache-streams"))
        .collect(Collectors.toSet());
  }
}
