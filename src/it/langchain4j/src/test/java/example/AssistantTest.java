package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.langchain4j.CachedChatModel;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.redis.RedisVectorStore;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** An assistant without openai-java, with answers in memory and in Redis. */
class AssistantTest {
  interface Assistant {
    String answer(String question);
  }

  /** A model that counts its calls. */
  private static final class Model implements ChatModel {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return ChatRequestParameters.builder().modelName("atlas").build();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
      calls.incrementAndGet();
      return ChatResponse.builder().aiMessage(AiMessage.from("Paris")).build();
    }
  }

  private static void assertHits(SemanticCache cache) {
    Model model = new Model();
    Assistant assistant = AiServices.create(Assistant.class, CachedChatModel.wrap(model, cache));

    assertThat(assistant.answer("What is the capital of France?")).isEqualTo("Paris");
    assertThat(assistant.answer("Which city serves as France's capital?")).isEqualTo("Paris");
    assertThat(model.calls).hasValue(1);
    assertThat(cache.stats().storeErrors()).isZero();
  }

  @Test
  void openAiJavaIsNotOnTheClassPath() {
    assertThatThrownBy(() -> Class.forName("com.openai.client.OpenAIClient"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void questionInOtherWordsIsAnsweredFromTheCache() {
    try (SemanticCache cache =
        SemanticCache.builder().embedder(MiniLmEmbedder.create()).build()) {
      assertHits(cache);
    }
  }

  @Test
  @EnabledIf("redisIsOnThePath")
  void questionInOtherWordsIsAnsweredFromRedis(@TempDir Path directory) throws Exception {
    int port = freePort();
    Process redis =
        new ProcessBuilder(
                "redis-stack-server", "--port", "" + port, "--bind", "127.0.0.1", "--save", "",
                "--dir", directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      awaitPort(port);
      Embedder embedder = MiniLmEmbedder.create();
      try (SemanticCache cache =
          SemanticCache.builder()
              .embedder(embedder)
              .ownedStore(RedisVectorStore.connect("redis://localhost:" + port, embedder))
              .build()) {
        assertHits(cache);
      }
    } finally {
      redis.destroy();
      redis.waitFor();
    }
  }

  static boolean redisIsOnThePath() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "redis-stack-server")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) throws Exception {
    for (int i = 0; i < 200; i++) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException e) {
        Thread.sleep(50);
      }
    }
    throw new IOException("Redis did not start");
  }
}
