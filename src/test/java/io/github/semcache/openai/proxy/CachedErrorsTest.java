package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletion;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Errors of the service and failures of the cache, as a caller of a wrapped client sees them. */
final class CachedErrorsTest extends CachedClientTest {
  @Test
  void followersOfAFailedRequestReceiveTheSameError() {
    CountDownLatch gate = new CountDownLatch(1);
    server.always(CHAT, FakeReply.after(gate, FakeReply.error(400, "no such model")));

    List<CompletableFuture<ChatCompletion>> calls =
        Stream.generate(() -> onNewThread(() -> create(client, PARIS))).limit(4).toList();
    awaitCoalesced(3);
    gate.countDown();

    assertThat(calls)
        .allSatisfy(
            call ->
                assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(call::join)
                    .withCauseInstanceOf(BadRequestException.class)
                    .withMessageContaining("no such model"));
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void rateLimitIsRetriedBelowTheCache() {
    server.next(CHAT, FakeReply.rateLimited(1), FakeReply.rateLimited(1));
    server.answer(PARIS, "Paris.");

    assertThat(text(create(client, PARIS))).isEqualTo("Paris.");
    assertThat(text(create(client, PARIS))).isEqualTo("Paris.");
    assertThat(chatRequests()).isEqualTo(3);
    assertThat(cache.stats().modelCalls()).isEqualTo(1);
  }

  @Test
  void errorsAreTheSameAsWithoutTheCacheAndAreNotStored() {
    server.always(CHAT, FakeReply.rateLimited(1));
    RateLimitException without = failure(RateLimitException.class, plain);
    int attempts = chatRequests();
    RateLimitException with = failure(RateLimitException.class, client);

    assertThat(with.statusCode()).isEqualTo(without.statusCode());
    assertThat(with.getMessage()).isEqualTo(without.getMessage());
    assertThat(with.type()).isEqualTo(without.type());
    assertThat(chatRequests()).isEqualTo(2 * attempts);

    server.always(CHAT, FakeReply.error(500, "broken"));
    assertThat(failure(InternalServerException.class, client).statusCode()).isEqualTo(500);
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(2);
  }

  private static <T extends Throwable> T failure(Class<T> type, OpenAIClient client) {
    return catchThrowableOfType(type, () -> create(client, PARIS));
  }

  @Test
  void truncatedBodyFailsAsWithoutTheCache() {
    server.always(CHAT, FakeReply.truncated("{\"id\":\"x\","));

    OpenAIInvalidDataException without = failure(OpenAIInvalidDataException.class, plain);
    OpenAIInvalidDataException with = failure(OpenAIInvalidDataException.class, client);

    assertThat(with.getMessage()).isEqualTo(without.getMessage());
    assertThat(with).hasRootCauseInstanceOf(rootCauseOf(without).getClass());
    assertThat(cache.stats().writes()).isZero();
  }

  private static Throwable rootCauseOf(Throwable e) {
    return e.getCause() == null ? e : rootCauseOf(e.getCause());
  }

  @Test
  void unusableBodyIsForwardedAndCountedAsAnAdapterError() {
    server.always(CHAT, FakeReply.body(200, "[1, 2]"));
    assertThat(failure(OpenAIInvalidDataException.class, client).getMessage())
        .isEqualTo(failure(OpenAIInvalidDataException.class, plain).getMessage());

    server.always(CHAT, FakeReply.body(200, "{\"id\": \"x\", \"choices\": []}"));
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);

    assertThat(create(client, PARIS).choices()).isEmpty();
    assertThat(cache.stats().adapterErrors()).isEqualTo(2);
    assertThat(cache.stats().modelErrors()).isEqualTo(2);
    assertThat(cache.stats().writes()).isZero();
  }

  @Test
  void unreachableServiceFailsAsWithoutTheCache() {
    server.close();

    assertThat(failure(OpenAIIoException.class, client).getMessage())
        .isEqualTo(failure(OpenAIIoException.class, plain).getMessage());
  }

  @Test
  void failuresOfTheCacheDoNotFailTheCall() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCache broken = builder().store(store).build();
    OpenAIClient resilient = CachedOpenAi.wrap(plain, broken);
    server.answer(PARIS, "Paris.");

    store.fail(FaultyStore.Call.FIND, FaultyStore.Call.NEAREST, FaultyStore.Call.PUT);
    assertThat(text(create(resilient, PARIS))).isEqualTo("Paris.");
    store.recover();
    embedder.failWith(new IllegalStateException("down"));
    assertThat(text(create(resilient, PARIS))).isEqualTo("Paris.");
    broken.close();
    assertThat(text(create(resilient, PARIS))).isEqualTo("Paris.");
  }
}
