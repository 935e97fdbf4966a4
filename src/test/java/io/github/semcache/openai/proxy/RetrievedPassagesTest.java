package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.prompt.QuestionFinder;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Questions in messages that also hold passages which were retrieved for them. */
@Timeout(60)
final class RetrievedPassagesTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";
  private static final String MARKER = "\n\nContext information is below";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20))
          .build();
  private final OpenAIClient client =
      CachedOpenAi.builder(cache).question(QuestionFinder.before(MARKER)).build().wrap(plain);

  @AfterEach
  void close() {
    plain.close();
    cache.close();
    server.close();
  }

  private static String with(String question, String passages) {
    return question + MARKER + "\n---\n" + passages;
  }

  private void ask(String text) {
    client
        .chat()
        .completions()
        .create(ChatCompletionCreateParams.builder().model("m").addUserMessage(text).build());
  }

  private int requests() {
    return server.requests(CHAT).size();
  }

  @Test
  void questionIsComparedByMeaningAndThePassagesMustBeEqual() {
    ask(with(PARIS, "Paris has been the capital since 987."));
    ask(with(PARIS_AGAIN, "Paris has been the capital since 987."));
    assertThat(requests()).isEqualTo(1);

    ask(with(PARIS, "Paris has been the capital since 988."));
    assertThat(requests()).isEqualTo(2);
    assertThat(cache.stats().hits()).isEqualTo(1);
  }

  @Test
  void messageWithoutPassagesIsAnotherRequest() {
    ask(with(PARIS, ""));
    ask(PARIS);
    ask(PARIS_AGAIN);

    assertThat(requests()).isEqualTo(2);
  }

  @Test
  void questionMayStandInSeveralParts() {
    askInParts(PARIS, "one");
    askInParts(PARIS_AGAIN, "one");
    assertThat(requests()).isEqualTo(1);
    askInParts(PARIS, "two");
    assertThat(requests()).isEqualTo(2);
  }

  private void askInParts(String question, String passages) {
    List<ChatCompletionContentPart> parts =
        List.of(part(question), part("\nContext information is below\n" + passages));
    client
        .chat()
        .completions()
        .create(
            ChatCompletionCreateParams.builder()
                .model("m")
                .addUserMessageOfArrayOfContentParts(parts)
                .build());
  }

  private static ChatCompletionContentPart part(String text) {
    return ChatCompletionContentPart.ofText(
        ChatCompletionContentPartText.builder().text(text).build());
  }

  @Test
  void inputOfAResponseToo() {
    server.always(
        "/responses",
        FakeReply.body(
            200,
            "{\"id\":\"r\",\"object\":\"response\",\"created_at\":1,\"status\":\"completed\","
                + "\"model\":\"m\",\"parallel_tool_calls\":true,\"tool_choice\":\"auto\","
                + "\"tools\":[],\"output\":[{\"type\":\"message\",\"id\":\"i\","
                + "\"role\":\"assistant\",\"status\":\"completed\",\"content\":[{\"type\":"
                + "\"output_text\",\"text\":\"Paris\",\"annotations\":[]}]}]}"));
    respond(with(PARIS, "one"));
    respond(with(PARIS_AGAIN, "one"));
    assertThat(server.requests("/responses")).hasSize(1);

    respond(with(PARIS, "two"));
    assertThat(server.requests("/responses")).hasSize(2);
  }

  private void respond(String input) {
    client.responses().create(ResponseCreateParams.builder().model("m").input(input).build());
  }

  @Test
  void finderThatFailsMakesTheCallPassByTheCache() {
    OpenAIClient unlucky =
        CachedOpenAi.builder(cache)
            .question(
                text -> {
                  throw new IllegalStateException("no question");
                })
            .build()
            .wrap(plain);
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder().model("m").addUserMessage(PARIS).build();

    unlucky.chat().completions().create(params);
    unlucky.chat().completions().create(params);

    assertThat(requests()).isEqualTo(2);
    assertThat(cache.stats().requests()).isZero();
  }
}
