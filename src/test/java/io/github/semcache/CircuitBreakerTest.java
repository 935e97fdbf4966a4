package io.github.semcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.policy.MissReason;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FaultyStore.Call;
import io.github.semcache.testkit.FakeClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests which failures of the store and the embedder open their circuits. */
class CircuitBreakerTest extends FaultyCacheFixture {
  @Test
  void storeIsCalledOncePerPauseAfterConsecutiveFailures() {
    FakeClock time = new FakeClock();
    SemanticCache protectedCache =
        builder().circuitBreaker(3, Duration.ofSeconds(10)).ticker(time::nanos).build();
    store.fail(Call.FIND);
    for (int i = 0; i < 8; i++) {
      assertThat(protectedCache.ask(PROMPT).missReason()).contains(MissReason.STORE_ERROR);
    }
    assertThat(store.calls()).hasSize(3);
    assertThat(protectedCache.stats().storeErrors()).isEqualTo(3);

    time.advance(Duration.ofSeconds(10));
    protectedCache.ask(PROMPT);
    protectedCache.ask(PROMPT);
    await().until(() -> protectedCache.stats().storeErrors() == 4);
    assertThat(store.calls()).hasSize(4);

    time.advance(Duration.ofSeconds(14));
    protectedCache.ask(PROMPT);
    assertThat(store.calls()).as("the second pause is longer").hasSize(4);

    store.recover();
    time.advance(Duration.ofSeconds(6));
    protectedCache.ask(PROMPT);
    await().until(() -> protectedCache.ask(PROMPT).source() == Answer.Source.EXACT);
  }

  @ParameterizedTest
  @EnumSource(names = {"NEAREST", "PUT"})
  void failuresOfOneOperationOpenItsCircuitOnly(Call call) {
    store.fail(call);
    for (int i = 0; i < 20; i++) {
      cache.ask("prompt " + i);
    }

    assertThat(store.calls()).filteredOn(call::equals).hasSize(5);
    assertThat(store.calls()).filteredOn(Call.FIND::equals).hasSizeGreaterThanOrEqualTo(20);
    assertThat(cache.stats().storeErrors()).isEqualTo(5);
  }

  @Test
  void embedderIsNotCalledAfterConsecutiveFailures() {
    embedder.failWith(new EmbedderException("down"));
    for (int i = 0; i < 20; i++) {
      cache.ask("prompt " + i);
    }

    assertThat(cache.stats().embedderErrors()).isEqualTo(5);
    assertThat(cache.stats().missesByReason()).containsEntry(MissReason.EMBEDDER_ERROR, 20L);
  }

  @Test
  void interruptsOfCallersDoNotOpenTheCircuits() {
    InterruptedException interrupt = new InterruptedException();
    store.onFind(
        found -> {
          throw new StoreException("interrupted", interrupt);
        });
    for (int i = 0; i < 20; i++) {
      cache.ask("prompt " + i);
    }
    store.onFind(found -> found);
    embedder.failWith(new EmbedderException("interrupted", interrupt));
    for (int i = 20; i < 40; i++) {
      cache.ask("prompt " + i);
    }
    embedder.recover();
    cache.ask(PROMPT);

    assertThat(cache.ask(NEAR).source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(cache.stats().storeErrors()).isEqualTo(20);
    assertThat(cache.stats().embedderErrors()).isEqualTo(20);
  }

  @Test
  void rejectedTextsDoNotOpenTheCircuit() {
    embedder.failWith(new EmbedderException.RejectedText("too long"));
    for (int i = 0; i < 20; i++) {
      assertThat(cache.ask("long prompt " + i).missReason()).contains(MissReason.EMBEDDER_ERROR);
    }
    embedder.recover();
    cache.ask(PROMPT);

    assertThat(cache.ask(NEAR).source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(cache.stats().embedderErrors()).isEqualTo(20);
  }

  @Test
  void rejectedTextsDoNotResetTheCountOfFailures() {
    for (int i = 0; i < 10; i++) {
      embedder.failWith(new EmbedderException.RejectedText("too long"));
      cache.ask("long prompt " + i);
      embedder.failWith(new EmbedderException("down"));
      cache.ask("prompt " + i);
    }

    assertThat(cache.stats().embedderErrors())
        .as("five failures and the five rejections between them")
        .isEqualTo(10);
  }

  @Test
  void oneLineIsLoggedWhenACircuitOpensAndOneWhenItCloses() {
    FakeClock time = new FakeClock();
    SemanticCache logging =
        builder().circuitBreaker(3, Duration.ofSeconds(10)).ticker(time::nanos).build();
    PrintStream original = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, UTF_8));
    try {
      store.fail(Call.FIND);
      for (int i = 0; i < 8; i++) {
        logging.ask(PROMPT);
      }
      assertThat(log.toString(UTF_8).lines())
          .singleElement(STRING)
          .contains(
              "WARN", "The circuit of the store (find) opened", StoreException.class.getName())
          .doesNotContain(PROMPT);

      log.reset();
      store.recover();
      time.advance(Duration.ofSeconds(10));
      logging.ask(PROMPT);
      await().until(() -> log.size() > 0);
      logging.ask(PROMPT);
      assertThat(log.toString(UTF_8).lines())
          .singleElement(STRING)
          .contains("INFO", "The circuit of the store (find) closed");
    } finally {
      System.setErr(original);
    }
  }

  @Test
  void trialCallDoesNotDelayTheRequest() {
    FakeClock time = new FakeClock();
    SemanticCache hanging =
        builder()
            .circuitBreaker(1, Duration.ofSeconds(10))
            .deadline(Duration.ofMinutes(5))
            .ticker(time::nanos)
            .build();
    store.fail(Call.FIND);
    hanging.ask(PROMPT);
    store.recover();
    CountDownLatch release = new CountDownLatch(1);
    store.before(
        call -> {
          if (call == Call.FIND) {
            awaitUnchecked(release);
          }
        });
    time.advance(Duration.ofSeconds(10));

    assertThat(hanging.ask(PROMPT).missReason()).contains(MissReason.STORE_ERROR);
    release.countDown();
    await().until(() -> hanging.ask(PROMPT).source() == Answer.Source.EXACT);
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
