package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.EMBEDDINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of the service, which become {@link EmbedderException}s without the text. */
final class OpenAiEmbedderFailureTest extends OpenAiTest {
  private static final String SECRET = "the patient's diagnosis";

  @Test
  void rateLimitAfterAllRetriesThrowsAnEmbedderException() {
    server.always(EMBEDDINGS, FakeReply.rateLimited(1));

    assertThat(failure())
        .hasMessage(
            "embedding 1 texts with model plane failed: the service returned HTTP status 429")
        .hasCauseInstanceOf(RateLimitException.class);
    assertThat(server.requests(EMBEDDINGS)).hasSize(3);
  }

  @Test
  void messageNeverContainsTheErrorTextOfTheService() {
    server.next(EMBEDDINGS, FakeReply.error(401, "bad key for: " + SECRET));

    assertThat(failure())
        .hasMessageContaining("HTTP status 401")
        .hasCauseInstanceOf(UnauthorizedException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void invalidRequestRejectsTheText(int status) {
    server.next(EMBEDDINGS, FakeReply.error(status, "too many tokens in: " + SECRET));

    assertThat(failure())
        .isInstanceOf(EmbedderException.RejectedText.class)
        .hasMessageContaining("HTTP status " + status);
    assertThat(server.requests(EMBEDDINGS)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void forbiddenRequestDoesNotRejectTheText(int status) {
    server.next(EMBEDDINGS, FakeReply.error(status, "no"));

    assertThat(failure()).isNotInstanceOf(EmbedderException.RejectedText.class);
  }

  @Test
  void serverErrorThrowsAnEmbedderException() {
    server.always(EMBEDDINGS, FakeReply.error(500, "no memory left").header("Retry-After-Ms", "1"));

    assertThat(failure())
        .hasMessageContaining("HTTP status 500")
        .hasCauseInstanceOf(InternalServerException.class);
  }

  @Test
  void hangingServerThrowsAnEmbedderExceptionAfterTheTimeoutOfTheClient() {
    server.next(EMBEDDINGS, FakeReply.hanging());
    OpenAIClient timingOut = clientWithShortTimeout();

    assertThat(failure(plane(timingOut)))
        .hasMessageEndingWith("no complete response was received")
        .hasCauseInstanceOf(OpenAIIoException.class);
    timingOut.close();
  }

  @Test
  void unreachableServerThrowsAnEmbedderException() {
    OpenAIClient unreachable = clientWithShortTimeout();
    server.close();

    assertThat(failure(plane(unreachable))).hasCauseInstanceOf(OpenAIIoException.class);
    unreachable.close();
  }

  @Test
  void interruptFlagIsSetAfterAnInterruptedCall() {
    server.always(EMBEDDINGS, FakeReply.rateLimited(60_000));
    Thread.currentThread().interrupt();

    EmbedderException failure = failure();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure).hasRootCauseInstanceOf(InterruptedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no json", "{\"data\": [{\"index\": 0, \"embed", "{}", "[]", "null"})
  void malformedResponseThrowsAnEmbedderException(String body) {
    server.next(EMBEDDINGS, FakeReply.body(200, body));

    assertThat(failure()).hasMessageEndingWith("failed: the response is malformed");
  }

  @Test
  void truncatedResponseThrowsAnEmbedderException() {
    server.next(
        EMBEDDINGS, FakeReply.truncated("{\"data\": [{\"index\": 0, \"embedding\": \"AAAA"));

    assertThat(failure()).hasCauseInstanceOf(OpenAIInvalidDataException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'index': 0}                                | the response is malformed",
        "{'index': 0, 'embedding': null}             | the response is malformed",
        "{'index': 0, 'embedding': {'a': 1}}         | neither base64 nor an array of numbers",
        "{'index': 0, 'embedding': ['a', 'b']}       | neither base64 nor an array of numbers",
        "{'index': 'x', 'embedding': [1, 2]}         | the response is malformed",
        "{'index': 1, 'embedding': [1, 2]}           | a vector with index 1; the number of vectors is 1",
        "{'index': -1, 'embedding': [1, 2]}          | a vector with index -1; the number of vectors is 1",
        "{'index': 0, 'embedding': [1, null]}        | a vector whose component 1 is null",
        "{'index': 0, 'embedding': [1]}              | a vector of 1 components; expected 2",
        "{'index': 0, 'embedding': []}               | a vector of 0 components; expected 2",
        "{'index': 0, 'embedding': [1, 2, 3]}        | a vector of 3 components; expected 2",
        "{'index': 0, 'embedding': [0, 0]}           | must have a direction",
        "{'index': 0, 'embedding': [1e300, 1]}       | component 0 is Infinity",
        "{'index': 0, 'embedding': 'AADAfwAAgD8='}   | component 0 is NaN",
        "{'index': 0, 'embedding': 'AACAPwAAgP8='}   | component 1 is -Infinity",
        "{'index': 0, 'embedding': 'AACAPw=='}       | a vector of 1 components; expected 2",
        "{'index': 0, 'embedding': 'AACAPwAA'}       | a vector of 6 bytes",
        "{'index': 0, 'embedding': '?'}              | a vector that is not valid base64",
      })
  void invalidVectorThrowsAnEmbedderException(String item, String message) {
    server.next(EMBEDDINGS, data(item.replace('\'', '"')));

    assertThat(failure()).hasMessageContaining(message).hasMessageContaining("model plane");
  }

  @Test
  void wrongNumberOfVectorsThrowsAnEmbedderException() {
    server.next(EMBEDDINGS, FakeVectors.vectors(new float[] {1, 0}, new float[] {0, 1}));

    assertThat(failure()).hasMessage("model plane returned 2 vectors for 1 texts");
  }

  @Test
  void duplicateIndexThrowsAnEmbedderException() {
    server.next(
        EMBEDDINGS,
        data("{\"index\": 1, \"embedding\": [1, 0]}, {\"index\": 1, \"embedding\": [2, 0]}"));

    assertThatExceptionOfType(EmbedderException.class)
        .isThrownBy(() -> plane(client).embed(List.of("a", "b")))
        .withMessage("model plane returned two vectors with index 1");
  }

  private EmbedderException failure() {
    return failure(plane(client));
  }

  private static EmbedderException failure(Embedder embedder) {
    EmbedderException failure =
        catchThrowableOfType(EmbedderException.class, () -> embedder.embed(List.of(SECRET)));
    assertThat(failure).message().doesNotContain(SECRET);
    return failure;
  }

  @Test
  void requestEndsAtTheDeadlineAndIsNotRepeated() {
    server.always(EMBEDDINGS, FakeReply.hanging());
    Embedder embedder = plane(server.client());

    EmbedderException failure =
        catchThrowableOfType(
            EmbedderException.class,
            () ->
                Deadline.after(Duration.ofMillis(300)).run(() -> embedder.embed(List.of(SECRET))));

    assertThat(failure).hasMessageEndingWith("no complete response was received");
    assertThat(server.requests(EMBEDDINGS)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void failedRequestIsNotRepeatedUnderADeadline() {
    server.always(EMBEDDINGS, FakeReply.error(503, "busy").header("Retry-After", "20"));
    Embedder embedder = plane(server.client());

    assertThatThrownBy(
            () -> Deadline.after(Duration.ofMinutes(5)).run(() -> embedder.embed(List.of(SECRET))))
        .isInstanceOf(EmbedderException.class)
        .hasMessageContaining("HTTP status 503");
    assertThat(server.requests(EMBEDDINGS)).hasSize(1);
  }
}
