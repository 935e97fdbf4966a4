package io.github.semcache.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the documentation are compiled, do what they claim, and links resolve. */
class DocumentationTest {
  private static final Path SOURCES = Path.of("src/test/java/io/github/semcache/examples");
  private static final Path REDIS = Path.of("src/test/java/io/github/semcache/redis");
  private static final Path SPRING = Path.of("examples/spring-ai/src/test/java/example");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]*))?\\)");
  private static final Pattern COORDINATES =
      Pattern.compile("`[a-z0-9.-]+:([a-z0-9.-]+):([0-9][A-Za-z0-9.-]+)`");
  private static final Pattern DEPENDENCY =
      Pattern.compile("<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");
  private static final Pattern VERSION_PROPERTY =
      Pattern.compile("<([a-z0-9.-]+\\.version)>([^<]+)</");
  private static final Pattern JAVA_BLOCK = Pattern.compile("(?s)```java\n(.*?)\n```");

  @Test
  void quickStartHitsThePromptInOtherWords() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    try (FakeOpenAiServer server = FakeOpenAiServer.start()) {
      server.answer("What is the capital of France?", "Paris");
      server.sameMeaning(
          "Which city serves as France's capital?", "What is the capital of France?");
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));

      QuickStart.run(server.client());

      assertThat(server.requests(FakeOpenAiServer.CHAT)).hasSize(1);
    } finally {
      System.setOut(out);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("SEMANTIC: Paris");
  }

  @Test
  void embeddedCacheHitsAfterARestart(@TempDir Path directory) {
    FakeChatClient chat = new FakeChatClient();
    try (SemanticCache cache = GuideExamples.embedded(directory, chat)) {
      cache.ask("What is the capital of France?");
    }
    try (SemanticCache cache = GuideExamples.embedded(directory, chat)) {
      assertThat(cache.ask("Which city serves as France's capital?").source())
          .isEqualTo(Answer.Source.SEMANTIC);
    }
    assertThat(chat.calls()).isEqualTo(1);
  }

  @Test
  void encryptedStoreIsUsedLikeAnyOther() {
    FakeEmbedder embedder = new FakeEmbedder();
    InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(new FakeChatClient())
            .ownedStore(GuideExamples.encryption(store, new byte[32], new byte[32]))
            .build()) {
      cache.ask("What is the capital of France?");
      assertThat(cache.ask("What is the capital of France?").isHit()).isTrue();
      try (Stream<VectorStore.Listable.ListedEntry> entries = store.entries()) {
        assertThat(entries.map(listed -> listed.entry().prompt())).containsExactly("");
      }
    }
  }

  @Test
  void guideExamplesRun() {
    FakeChatClient chat = new FakeChatClient();
    try (SemanticCache cache =
        SemanticCache.builder().embedder(new FakeEmbedder()).chatClient(chat).build()) {
      assertThat(GuideExamples.scope(cache).isHit()).isFalse();
      assertThat(GuideExamples.scope(cache).isHit()).isTrue();
      Prompt changed = Prompt.of("changed prompt");
      assertThat(GuideExamples.changes(cache, changed)).isTrue();
      assertThat(cache.lookup(changed)).map(Answer::text).contains("The only answer.");
      assertThat(GuideExamples.severalLookups(cache, List.of(changed, Prompt.of("unknown"))))
          .extracting(Optional::isPresent)
          .containsExactly(true, false);
      float[] vector = new float[FakeEmbedder.DIMENSION];
      vector[3] = 1;
      assertThat(GuideExamples.ownEmbedding(cache, vector)).isPresent();
      assertThat(GuideExamples.statistics(cache, () -> cache.lookup(changed)).requests())
          .isEqualTo(1);
      assertThat(GuideExamples.savings(cache).currency()).isEqualTo("USD");
      try (SemanticCache exact = GuideExamples.exactOnly(chat)) {
        assertThat(exact.ask("exact").isHit()).isFalse();
      }
      Prompt prompt = Prompt.of("new prompt");
      assertThat(GuideExamples.lookups(cache, Prompt.of("another prompt")))
          .extracting(Answer::source)
          .containsOnly(Answer.Source.MODEL);
      assertThat(GuideExamples.async(cache, prompt).join().text()).isNotBlank();
      assertThat(GuideExamples.bulk(cache, Map.of("question", "answer"))).isEqualTo(1);
      GuideExamples.feedback(cache, cache.ask("question"), false);
      assertThat(cache.lookup(Prompt.of("question"))).isEmpty();
      GuideExamples.feedback(cache, cache.ask(prompt), true);
      assertThat(GuideExamples.remove(cache, prompt)).isGreaterThan(1);
    }
    assertThat(GuideExamples.cacheability(new FakeEmbedder(), chat).missReason())
        .contains(new MissReason("lottery"));
    CacheStats stats =
        GuideExamples.shadow(SemanticCache.builder().embedder(new FakeEmbedder()), chat);
    assertThat(stats.requests()).isZero();
    assertThat(GuideExamples.confirmations(new FakeEmbedder(), chat, "question", "a").isHit())
        .isFalse();
    GuideExamples.verifier(SemanticCache.builder().embedder(new FakeEmbedder()), chat).close();
    GuideExamples.learning(SemanticCache.builder().embedder(new FakeEmbedder()), chat).close();
  }

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(
          Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(Path::of),
          docs.filter(page -> page.toString().endsWith(".md")).toList().stream())
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksResolve(Path page) throws IOException {
    Matcher link = LINK.matcher(Files.readString(page));
    while (link.find()) {
      Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
      assertThat(target).as("link of %s", page).exists();
      if (link.group(2) != null && target.toString().endsWith(".md")) {
        assertThat(HeadingAnchors.of(target))
            .as("anchor of the link %s in %s", link.group(), page)
            .contains(link.group(2));
      }
    }
  }

  @Test
  void everyPageIsReachableFromTheReadme() throws IOException {
    List<Path> reached = new ArrayList<>(List.of(Path.of("README.md")));
    for (int i = 0; i < reached.size(); i++) {
      Matcher link = LINK.matcher(Files.readString(reached.get(i)));
      while (link.find()) {
        Path target = reached.get(i).resolveSibling(link.group(1)).normalize();
        if (target.toString().endsWith(".md") && !reached.contains(target)) {
          reached.add(target);
        }
      }
    }
    assertThat(reached).containsAll(pages().toList());
  }

  static Stream<Class<?>> typesWithOptions() {
    return Stream.of(SemanticCacheBuilder.class, Prompt.class);
  }

  @ParameterizedTest
  @MethodSource("typesWithOptions")
  void allOptionsAreListed(Class<?> type) throws IOException {
    String page = Files.readString(Path.of("docs/options.md"));

    assertThat(Stream.of(type.getMethods()))
        .filteredOn(method -> !Modifier.isStatic(method.getModifiers()))
        .filteredOn(method -> method.getReturnType().equals(type))
        .extracting(method -> "`" + method.getName() + "`")
        .allSatisfy(option -> assertThat(page).contains(option));
  }

  @Test
  void propertiesOfTheReadmeAreThoseOfTheSpringBootExample() throws IOException {
    Path properties = Path.of("examples/spring-boot/src/main/resources/application.properties");

    assertThat(Files.readString(Path.of("README.md")))
        .contains("```properties\n" + Files.readString(properties) + "```");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void javaExamplesAreCompiled(Path page) throws IOException {
    String sources = examples();
    Matcher block = JAVA_BLOCK.matcher(Files.readString(page));
    while (block.find()) {
      assertThat(sources).as("example in %s", page).contains(block.group(1) + "\n");
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void versionsOfDependenciesAreThoseOfTheBuild(Path page) throws IOException {
    String text = Files.readString(page);
    Map<String, String> built = builtVersions();
    for (Pattern dependency : List.of(COORDINATES, DEPENDENCY)) {
      Matcher matcher = dependency.matcher(text);
      while (matcher.find()) {
        if (!matcher.group(2).startsWith("$") && built.containsKey(matcher.group(1))) {
          assertThat(matcher.group(2))
              .as("version of %s in %s", matcher.group(1), page)
              .isEqualTo(built.get(matcher.group(1)));
        }
      }
    }
  }

  /** Returns the versions in the POM by artifact, with properties replaced. */
  private static Map<String, String> builtVersions() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    Map<String, String> properties = new HashMap<>();
    Matcher property = VERSION_PROPERTY.matcher(pom);
    while (property.find()) {
      properties.put("${" + property.group(1) + "}", property.group(2));
    }
    Map<String, String> versions = new HashMap<>();
    Matcher dependency = DEPENDENCY.matcher(pom);
    while (dependency.find()) {
      String version = dependency.group(2);
      versions.putIfAbsent(dependency.group(1), properties.getOrDefault(version, version));
    }
    return versions;
  }

  /** Returns the marked parts of the example sources, without their indentation. */
  private static String examples() throws IOException {
    StringBuilder examples = new StringBuilder();
    for (Path directory : List.of(SOURCES, REDIS, SPRING)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          examples.append(examplesOf(Files.readString(file)));
        }
      }
    }
    return examples.toString();
  }

  private static String examplesOf(String source) {
    StringBuilder examples = new StringBuilder();
    Matcher marked =
        Pattern.compile("(?ms)^( *)// ([\\w -]+) begins\n(.*?)(^ *// \\2 ends|\\z)")
            .matcher(source);
    while (marked.find()) {
      examples.append(marked.group(3).replaceAll("(?m)^" + marked.group(1), "")).append('\n');
    }
    return examples.toString();
  }
}
