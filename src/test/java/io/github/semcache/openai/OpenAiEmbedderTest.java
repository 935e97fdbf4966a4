package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.EMBEDDINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenAiEmbedderTest {
  private static final String SECRET = "the patient's diagnosis";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient client = server.client();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void defaultModelIsAskedForBase64AndNoDimensions() throws JsonProcessingException {
    Embedder embedder = OpenAiEmbedder.of(client);

    List<Embedding> embeddings = embedder.embed(List.of("red car", "blue sky"));

    assertThat(embeddings)
        .containsExactly(
            Embedding.of(server.vector("red car", 1536)),
            Embedding.of(server.vector("blue sky", 1536)));
    assertThat(server.requests(EMBEDDINGS))
        .extracting(RecordedRequest::body)
        .containsExactly(
            json(
                """
                {"model": "text-embedding-3-small", "input": ["red car", "blue sky"],
                 "encoding_format": "base64"}"""));
    assertThat(embedder.modelId()).isEqualTo("text-embedding-3-small");
    assertThat(embedder.dimension()).isEqualTo(1536);
  }

  @Test
  void shortenedVectorsAreAskedForByTheirDimensions() {
    Embedder embedder =
        OpenAiEmbedder.builder(client).model("text-embedding-3-large").dimensions(256).build();

    assertThat(embedder.embed(List.of("red car")))
        .containsExactly(Embedding.of(server.vector("red car", 256)));
    assertThat(embedder.dimension()).isEqualTo(256);
    assertThat(onlyBody().path("dimensions").asInt()).isEqualTo(256);
  }

  @Test
  void dimensionOfAnotherModelIsNotSent() {
    server.dimension(768);
    Embedder embedder =
        OpenAiEmbedder.builder(client).model("nomic-embed-text").modelDimension(768).build();

    assertThat(embedder.embed(List.of("red car")))
        .containsExactly(Embedding.of(server.vector("red car", 768)));
    assertThat(onlyBody().has("dimensions")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "text-embedding-3-small, 1536",
    "text-embedding-3-large, 3072",
    "text-embedding-ada-002, 1536"
  })
  void dimensionOfKnownModelNeedNotBeGiven(String model, int dimension) {
    Embedder embedder = OpenAiEmbedder.builder(client).model(model).build();

    assertThat(embedder.dimension()).isEqualTo(dimension);
    assertThat(embedder.modelId()).isEqualTo(model);
  }

  @Test
  void modelIdNamesTheSpaceButNotTheRequest() {
    Embedder embedder = OpenAiEmbedder.builder(client).modelId("our own tuning").build();

    embedder.embed(List.of("red car"));

    assertThat(embedder.modelId()).isEqualTo("our own tuning");
    assertThat(onlyBody().path("model").asText()).isEqualTo("text-embedding-3-small");
  }

  @Test
  void arraysOfNumbersAreAcceptedInPlaceOfBase64() {
    server.numbersOnly();

    assertThat(OpenAiEmbedder.of(client).embed(List.of("red car", "blue sky")))
        .containsExactly(
            Embedding.of(server.vector("red car", 1536)),
            Embedding.of(server.vector("blue sky", 1536)));
  }

  @Test
  void noTextsAreNoRequest() {
    assertThat(OpenAiEmbedder.of(client).embed(List.of())).isEmpty();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void vectorsComeInTheOrderOfTheTextsWhateverTheOrderOfTheReply() {
    server.next(
        EMBEDDINGS,
        data(
            """
            {"index": 2, "embedding": [3, 0]}, {"index": 0, "embedding": [1, 0]},
            {"index": 1, "embedding": [2, 0]}"""));

    assertThat(plane().embed(List.of("a", "b", "c")))
        .containsExactly(Embedding.of(1, 0), Embedding.of(2, 0), Embedding.of(3, 0));
  }

  @Test
  void vectorsWithoutIndexComeInTheOrderOfTheReply() {
    server.next(EMBEDDINGS, data("{\"embedding\": [1, 0]}, {\"embedding\": [2, 0]}"));

    assertThat(plane().embed(List.of("a", "b")))
        .containsExactly(Embedding.of(1, 0), Embedding.of(2, 0));
  }

  @Test
  void moreTextsThanTheServiceTakesAreSeveralRequests() {
    server.dimension(8);
    Embedder embedder = OpenAiEmbedder.builder(client).model("m").modelDimension(8).build();
    List<String> texts = IntStream.range(0, 2049).mapToObj(i -> "text " + i).toList();

    List<Embedding> embeddings = embedder.embed(texts);

    assertThat(inputsPerRequest()).containsExactly(2048, 1);
    assertThat(embeddings)
        .isEqualTo(texts.stream().map(text -> Embedding.of(server.vector(text, 8))).toList());
  }

  @Test
  void maxBatchBoundsTheTextsOfOneRequest() {
    Embedder embedder = OpenAiEmbedder.builder(client).maxBatch(2).build();

    assertThat(embedder.embed(List.of("a", "b", "c", "d", "e"))).hasSize(5);
    assertThat(inputsPerRequest()).containsExactly(2, 2, 1);
  }

  @Test
  void longTextsAreSplitBeforeTheTokenLimitOfOneRequest() {
    String long1 = "a".repeat(100_000);

    assertThat(OpenAiEmbedder.of(client).embed(List.of(long1, long1, long1, "b"))).hasSize(4);
    assertThat(inputsPerRequest()).containsExactly(3, 1);
  }

  @Test
  void rateLimitedRequestIsRepeatedByTheClient() {
    server.next(EMBEDDINGS, FakeReply.rateLimited(1));

    assertThat(OpenAiEmbedder.of(client).embed(List.of("red car"))).hasSize(1);
    assertThat(server.requests(EMBEDDINGS)).hasSize(2);
  }

  @Test
  void rateLimitThatLastsIsAnEmbedderException() {
    server.always(EMBEDDINGS, FakeReply.rateLimited(1));

    assertThat(failure())
        .hasMessage(
            "embedding 1 texts with model plane failed: the service answered with HTTP status 429")
        .hasCauseInstanceOf(RateLimitException.class);
    assertThat(server.requests(EMBEDDINGS)).hasSize(3);
  }

  @Test
  void errorsOfTheServiceNeverShowTheTextInTheMessage() {
    server.next(EMBEDDINGS, FakeReply.error(401, "bad key for: " + SECRET));

    assertThat(failure())
        .hasMessageContaining("HTTP status 401")
        .hasCauseInstanceOf(UnauthorizedException.class);
  }

  @Test
  void serverErrorIsAnEmbedderException() {
    server.always(EMBEDDINGS, FakeReply.error(500, "no memory left").header("Retry-After-Ms", "1"));

    assertThat(failure())
        .hasMessageContaining("HTTP status 500")
        .hasCauseInstanceOf(InternalServerException.class);
  }

  @Test
  void hangingServerIsAnEmbedderExceptionAfterTheTimeLimitOfTheClient() {
    server.next(EMBEDDINGS, FakeReply.hanging());
    OpenAIClient impatient =
        server.client(options -> options.timeout(Duration.ofMillis(200)).maxRetries(0));

    assertThat(failure(plane(impatient)))
        .hasMessageEndingWith("the service gave no whole reply")
        .hasCauseInstanceOf(OpenAIIoException.class);
    impatient.close();
  }

  @Test
  void serverThatIsGoneIsAnEmbedderException() {
    OpenAIClient single = server.client(options -> options.maxRetries(0));
    server.close();

    assertThat(failure(plane(single))).hasCauseInstanceOf(OpenAIIoException.class);
    single.close();
  }

  @Test
  void interruptedThreadKeepsItsFlag() {
    server.always(EMBEDDINGS, FakeReply.rateLimited(60_000));
    Thread.currentThread().interrupt();

    EmbedderException failure = failure();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure).hasRootCauseInstanceOf(InterruptedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no json", "{\"data\": [{\"index\": 0, \"embed", "{}", "[]", "null"})
  void malformedReplyIsAnEmbedderException(String body) {
    server.next(EMBEDDINGS, FakeReply.body(200, body));

    assertThat(failure()).hasMessageEndingWith("failed: the reply is malformed");
  }

  @Test
  void replyThatBreaksOffIsAnEmbedderException() {
    server.next(EMBEDDINGS, FakeReply.cutOff("{\"data\": [{\"index\": 0, \"embedding\": \"AAAA"));

    assertThat(failure()).hasCauseInstanceOf(OpenAIInvalidDataException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'index': 0}                                | the reply is malformed",
        "{'index': 0, 'embedding': null}             | the reply is malformed",
        "{'index': 0, 'embedding': {'a': 1}}         | neither base64 nor an array of numbers",
        "{'index': 0, 'embedding': ['a', 'b']}       | neither base64 nor an array of numbers",
        "{'index': 'x', 'embedding': [1, 2]}         | the reply is malformed",
        "{'index': 1, 'embedding': [1, 2]}           | a vector with the index 1 for 1 texts",
        "{'index': -1, 'embedding': [1, 2]}          | a vector with the index -1 for 1 texts",
        "{'index': 0, 'embedding': [1, null]}        | a vector without the component 1",
        "{'index': 0, 'embedding': [1]}              | a vector of 1 components in place of 2",
        "{'index': 0, 'embedding': []}               | a vector of 0 components in place of 2",
        "{'index': 0, 'embedding': [1, 2, 3]}        | a vector of 3 components in place of 2",
        "{'index': 0, 'embedding': [0, 0]}           | must have a direction",
        "{'index': 0, 'embedding': [1e300, 1]}       | component 0 is Infinity",
        "{'index': 0, 'embedding': 'AACAPwAAgD8='}   | ",
        "{'index': 0, 'embedding': 'AADAfwAAgD8='}   | component 0 is NaN",
        "{'index': 0, 'embedding': 'AACAPwAAgP8='}   | component 1 is -Infinity",
        "{'index': 0, 'embedding': 'AACAPw=='}       | a vector of 1 components in place of 2",
        "{'index': 0, 'embedding': 'AACAPwAA'}       | a vector of 6 bytes",
        "{'index': 0, 'embedding': '?'}              | a vector that is not valid base64",
      })
  void vectorThatCannotBeUsedIsAnEmbedderException(String item, String message) {
    server.next(EMBEDDINGS, data(item.replace('\'', '"')));

    if (message == null) {
      assertThat(plane().embed(List.of(SECRET))).containsExactly(Embedding.of(1, 1));
    } else {
      assertThat(failure()).hasMessageContaining(message).hasMessageContaining("model plane");
    }
  }

  @Test
  void otherNumberOfVectorsThanTextsIsAnEmbedderException() {
    server.next(EMBEDDINGS, FakeVectors.vectors(new float[] {1, 0}, new float[] {0, 1}));

    assertThat(failure()).hasMessage("model plane gave 2 vectors for 1 texts");
  }

  @Test
  void twoVectorsForOneTextAreAnEmbedderException() {
    server.next(
        EMBEDDINGS,
        data("{\"index\": 1, \"embedding\": [1, 0]}, {\"index\": 1, \"embedding\": [2, 0]}"));

    assertThatExceptionOfType(EmbedderException.class)
        .isThrownBy(() -> plane().embed(List.of("a", "b")))
        .withMessage("model plane gave two vectors with the index 1");
  }

  @Test
  void builderNamesOptionValueAndRule() {
    OpenAiEmbedder.Builder builder = OpenAiEmbedder.builder(client);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.model(" "))
        .withMessage("model is blank; it must be a name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.modelId(""))
        .withMessage("modelId is blank; it must be a name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.dimensions(0))
        .withMessage("dimensions is 0; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.modelDimension(-1))
        .withMessage("modelDimension is -1; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxBatch(0))
        .withMessage("maxBatch is 0; it must be 1 to 2048");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxBatch(2049))
        .withMessage("maxBatch is 2049; it must be 1 to 2048");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.dimensions(1537).build())
        .withMessage("dimensions is 1537; model text-embedding-3-small gives at most 1536");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiEmbedder.builder(client).model("bge-m3").build())
        .withMessage(
            "modelDimension is not set; it must be, because the number of components of model"
                + " bge-m3 is not known here");
    assertThat(OpenAiEmbedder.builder(client).model("bge-m3").dimensions(512).build().dimension())
        .isEqualTo(512);
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without null checks may do
  void nullIsNamed() {
    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiEmbedder.of(null))
        .withMessage("client");
    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiEmbedder.builder(client).model(null))
        .withMessage("model");
  }

  @Test
  void builderMayBuildTwice() {
    OpenAiEmbedder.Builder builder = OpenAiEmbedder.builder(client).dimensions(8);
    Embedder first = builder.build();
    Embedder second = builder.dimensions(16).build();

    assertThat(first.embed(List.of("a")).get(0).dimension()).isEqualTo(8);
    assertThat(second.embed(List.of("a")).get(0).dimension()).isEqualTo(16);
  }

  private EmbedderException failure() {
    return failure(plane());
  }

  private static EmbedderException failure(Embedder embedder) {
    EmbedderException failure =
        catchThrowableOfType(EmbedderException.class, () -> embedder.embed(List.of(SECRET)));
    assertThat(failure).message().doesNotContain(SECRET);
    return failure;
  }

  private Embedder plane() {
    return plane(client);
  }

  /** Of a model with two components. */
  private static Embedder plane(OpenAIClient client) {
    return OpenAiEmbedder.builder(client).model("plane").modelDimension(2).build();
  }

  private static FakeReply data(String items) {
    return FakeReply.body(
        200,
        "{\"object\": \"list\", \"model\": \"plane\", \"data\": ["
            + items
            + "], \"usage\": {\"prompt_tokens\": 1, \"total_tokens\": 1}}");
  }

  private JsonNode onlyBody() {
    assertThat(server.requests(EMBEDDINGS)).hasSize(1);
    return server.requests(EMBEDDINGS).get(0).body();
  }

  private List<Integer> inputsPerRequest() {
    return server.requests(EMBEDDINGS).stream()
        .map(request -> request.body().path("input").size())
        .toList();
  }

  private static JsonNode json(String json) throws JsonProcessingException {
    return new JsonMapper().readTree(json);
  }
}
