package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.prompt.QuestionFinder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Questions in messages that also contain retrieved passages. */
final class RetrievedPassagesTest extends CachedClientTest {
  private static final String MARKER = "\n\nContext information is below";

  private final OpenAIClient finding =
      CachedOpenAi.builder(cache).question(QuestionFinder.before(MARKER)).build().wrap(plain);

  private static String with(String question, String passages) {
    return question + MARKER + "\n---\n" + passages;
  }

  private void ask(String text) {
    create(finding, text);
  }

  @Test
  void onlyTheQuestionIsComparedByMeaning() {
    ask(with(PARIS, "Paris has been the capital since 987."));
    ask(with(PARIS_AGAIN, "Paris has been the capital since 987."));
    assertThat(chatRequests()).isEqualTo(1);

    ask(with(PARIS, "Paris has been the capital since 988."));
    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.stats().hits()).isEqualTo(1);
  }

  @Test
  void messageWithoutPassagesDiffersFromOneWithEmptyPassages() {
    ask(with(PARIS, ""));
    ask(PARIS);
    ask(PARIS_AGAIN);

    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void questionAndPassagesMayBeSeparateParts() {
    askInParts(PARIS, "one");
    askInParts(PARIS_AGAIN, "one");
    assertThat(chatRequests()).isEqualTo(1);
    askInParts(PARIS, "two");
    assertThat(chatRequests()).isEqualTo(2);
  }

  private void askInParts(String question, String passages) {
    List<ChatCompletionContentPart> parts =
        List.of(part(question), part("\nContext information is below\n" + passages));
    finding
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
  void inputOfAResponseMayContainPassages() {
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
    finding
        .responses()
        .create(ResponseCreateParams.builder().model("m").store(false).input(input).build());
  }

  @Test
  void finderThatThrowsMakesTheCallBypassTheCacheAndIsCounted() {
    OpenAIClient failing =
        CachedOpenAi.builder(cache)
            .question(
                text -> {
                  throw new IllegalStateException("no question");
                })
            .build()
            .wrap(plain);

    create(failing, PARIS);
    create(failing, PARIS);

    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.stats().requests()).isZero();
    assertThat(cache.stats().adapterErrors()).isEqualTo(2);
  }

  @Test
  void errorsOfTheUsersFunctionsMakeTheCallBypassTheCacheAndAreCounted() {
    List<Error> errors =
        List.of(
            new NoClassDefFoundError("missing"),
            new StackOverflowError(),
            new OutOfMemoryError("test"),
            new AssertionError("test"));
    for (Error error : errors) {
      OpenAIClient failingFinder =
          CachedOpenAi.builder(cache)
              .question(
                  text -> {
                    throw error;
                  })
              .build()
              .wrap(plain);
      OpenAIClient failingNormalizer =
          CachedOpenAi.builder(cache)
              .normalizeMessages(
                  message -> {
                    throw error;
                  })
              .build()
              .wrap(plain);

      create(failingFinder, PARIS);
      failingNormalizer
          .chat()
          .completions()
          .create(
              ChatCompletionCreateParams.builder()
                  .model("m")
                  .addSystemMessage("Be brief.")
                  .addUserMessage(PARIS)
                  .build());
    }

    assertThat(chatRequests()).isEqualTo(2 * errors.size());
    assertThat(cache.stats().requests()).isZero();
    assertThat(cache.stats().adapterErrors()).isEqualTo(2L * errors.size());
  }

  @Test
  void errorThatMustNotBeContainedIsThrown() {
    OpenAIClient failing =
        CachedOpenAi.builder(cache)
            .question(
                text -> {
                  throw new UnknownError("test");
                })
            .build()
            .wrap(plain);

    assertThatThrownBy(() -> create(failing, PARIS)).hasStackTraceContaining("UnknownError: test");
  }
}
