package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.testing.Nulls;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Parts of the cache that return what their contracts forbid. No request may fail because of them.
 */
@Timeout(60)
class HostilePartsTest {
  private static final String PROMPT = "What is the capital of France?";
  private static final String NEAR = "Which city is the capital of France?";

  private final FakeEmbedder embedder = new FakeEmbedder().place(PROMPT, 0).place(NEAR, 5);
  private final FakeChatClient chat = new FakeChatClient();
  private final VectorStore store =
      InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build();

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(chat)
        .store(store)
        .verifier(PairVerifier.none());
  }

  /** What a method of a store does instead of what it should do. */
  interface Fault {
    Object apply(Object result) throws Exception;
  }

  /** Returns a store of which one method is faulty. */
  private VectorStore faulty(String methodName, Fault fault) {
    return (VectorStore)
        Proxy.newProxyInstance(
            VectorStore.class.getClassLoader(),
            new Class<?>[] {VectorStore.class},
            (proxy, method, arguments) -> {
              Object result = invoke(method, arguments);
              return method.getName().equals(methodName) ? fault.apply(result) : result;
            });
  }

  private Object invoke(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  static Stream<String> methodsOfStores() {
    Set<String> names = new TreeSet<>();
    Arrays.stream(VectorStore.class.getMethods())
        .filter(method -> !method.getReturnType().isPrimitive())
        .map(Method::getName)
        .filter(name -> !Set.of("space", "leases").contains(name)) // called by build
        .forEach(names::add);
    return names.stream();
  }

  @ParameterizedTest
  @MethodSource("methodsOfStores")
  void storeThatReturnsNullFailsNoRequest(String method) {
    assertRequestsSucceed(faulty(method, result -> Nulls.absent()));
  }

  static Stream<String> allMethodsOfStores() {
    return Stream.concat(methodsOfStores(), Stream.of("put"));
  }

  @ParameterizedTest
  @MethodSource("allMethodsOfStores")
  void storeThatThrowsFailsNoRequest(String method) {
    assertRequestsSucceed(
        faulty(
            method,
            result -> {
              throw new ClassCastException("a fault of " + method);
            }));
    assertRequestsSucceed(
        faulty(
            method,
            result -> {
              throw new NoClassDefFoundError("a fault of " + method);
            }));
  }

  private void assertRequestsSucceed(VectorStore faulty) {
    for (boolean acrossInstances : new boolean[] {false, true}) {
      SemanticCacheBuilder builder = builder().store(faulty);
      if (acrossInstances) {
        builder.singleFlightAcrossInstances(Duration.ofSeconds(5));
      }
      try (SemanticCache cache = builder.build()) {
        assertThat(cache.ask(PROMPT).text()).startsWith("answer");
        assertThat(cache.ask(PROMPT).text()).startsWith("answer");
        assertThat(cache.ask(NEAR).text()).startsWith("answer");
        assertThat(cache.ask(Prompt.of(NEAR).dependsOn("prices")).text()).startsWith("answer");
        assertThat(cache.ask(Prompt.of(NEAR).refresh()).text()).startsWith("answer");
        assertThat(cache.ask(Prompt.of(NEAR).dependsOn("prices")).text()).startsWith("answer");
        assertThat(cache.askAsync(Prompt.of(PROMPT)).join().text()).startsWith("answer");
      }
    }
  }

  private static Match match(String prompt, String scope, double distance) {
    return new Match(
        new CacheEntry("a".repeat(64), scope, prompt, "planted", Map.of(), Instant.now()),
        distance);
  }

  @Test
  void matchesOfAnotherScopeAreNotServedHoweverManyThereAre() {
    Match foreign = match(NEAR, Scope.of("tenant", "other").hash(), 0);
    for (int count : new int[] {1, 100_000}) {
      VectorStore lying =
          faulty("nearest", result -> new NearestEntries(Collections.nCopies(count, foreign), 0));
      try (SemanticCache cache = builder().store(lying).build()) {
        Answer answer = cache.ask(count == 1 ? PROMPT : NEAR);
        assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
        assertThat(answer.text()).startsWith("answer");
        assertThat(cache.stats().corruptEntries()).isPositive();
      }
    }
  }

  @Test
  void partsThatReturnNullFailNoRequest() {
    List<SemanticCacheBuilder> builders =
        List.of(
            builder().hitPolicy((query, matches) -> Nulls.absent()),
            builder().verifier(pair -> Nulls.absent()),
            builder().normalizer(text -> Nulls.absent()),
            builder().cacheability(prompt -> Nulls.absent()),
            builder()
                .embedder(
                    Embedder.of("fake-embedder", embedder.dimension(), text -> Nulls.absent())),
            builder().executor(task -> {}),
            builder().ticker(new AtomicLong(Long.MAX_VALUE)::decrementAndGet),
            builder().ticker(new AtomicLong()::decrementAndGet),
            builder().timeSource(() -> Nulls.absent()),
            builder().timeSource(() -> Instant.MAX),
            builder().timeSource(() -> Instant.MIN));
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < builders.size(); i++) {
      try (SemanticCache cache = builders.get(i).build()) {
        for (String prompt : List.of(PROMPT, NEAR, PROMPT)) {
          if (!cache.ask(prompt).text().startsWith("answer")) {
            failures.add(i + ": " + prompt);
          }
        }
      } catch (RuntimeException | Error e) {
        failures.add(i + ": " + e);
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void missingReplyOfTheModelIsAFailureOfTheModel() {
    ChatClient absent = ChatClient.of("absent", prompt -> Nulls.absent());
    ChatClient noReply =
        new ChatClient() {
          @Override
          public ChatReply chat(Prompt prompt) {
            return Nulls.absent();
          }

          @Override
          public Map<String, String> settings() {
            return Map.of("model", "none");
          }
        };
    for (ChatClient client : List.of(absent, noReply)) {
      try (SemanticCache cache = builder().chatClient(client).build()) {
        assertThatThrownBy(() -> cache.ask(PROMPT)).isInstanceOf(NullPointerException.class);
        assertThat(cache.stats().modelErrors()).isEqualTo(1);
        assertThat(store.find("x")).isEqualTo(Optional.empty());
      }
    }
  }

  @Test
  void policyThatInventsAMatchOfAnotherScopeIsAMiss() {
    HitPolicy lying =
        (query, matches) ->
            HitPolicy.Decision.hit(match(NEAR, Scope.of("tenant", "other").hash(), 0));
    try (SemanticCache cache = builder().hitPolicy(lying).build()) {
      assertThat(cache.ask(PROMPT).text()).startsWith("answer");
      assertThat(cache.ask(NEAR).text()).startsWith("answer");
    }
  }
}
