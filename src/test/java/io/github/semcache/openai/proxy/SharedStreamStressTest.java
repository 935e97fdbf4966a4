package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads stream a few questions. Some close the stream early, others read to its end. */
@Timeout(120)
final class SharedStreamStressTest {
  private static final String ANSWER =
      String.join(" ", IntStream.range(0, 60).mapToObj(Integer::toString).toList());
  private static final int CALLS = 400;

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final SemanticCache cache = SemanticCache.builder().embedder(new FakeEmbedder()).build();
  private final OpenAIClient client = CachedOpenAi.wrap(plain, cache);
  private final ExecutorService threads = Executors.newFixedThreadPool(8);

  @AfterEach
  void close() {
    threads.shutdownNow();
    plain.close();
    cache.close();
    server.close();
  }

  @Test
  void readersReceiveTheCompleteAnswerAlthoughOthersCloseTheStream() {
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      String question = "question " + i / 20;
      server.answer(question, ANSWER);
      Random random = new Random(i);
      calls.add(CompletableFuture.runAsync(() -> read(question, random), threads));
    }

    calls.forEach(CompletableFuture::join);

    CacheStats stats = cache.stats();
    assertThat(stats.requests()).isEqualTo(CALLS);
    assertThat(stats.modelCalls()).isEqualTo(server.requests(CHAT).size()).isLessThan(CALLS);
    assertThat(stats.modelErrors()).isZero();
    assertThat(stats.writes()).isEqualTo(CALLS / 20);
  }

  private void read(String question, Random random) {
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder().model("m").addUserMessage(question).build();
    int limit = random.nextInt(3) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
    StringBuilder text = new StringBuilder();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params)) {
      Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
      for (int i = 0; i < limit && chunks.hasNext(); i++) {
        chunks.next().choices().forEach(c -> text.append(c.delta().content().orElse("")));
      }
    }
    if (limit == Integer.MAX_VALUE) {
      assertThat(text.toString()).isEqualTo(ANSWER);
    } else {
      assertThat(ANSWER).startsWith(text.toString());
    }
  }
}
