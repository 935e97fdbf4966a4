package example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.Versioned;
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainJavaTest {
  @Test
  void questionInOtherWordsIsAnsweredFromTheCache() {
    Embedder embedder =
        Embedder.of(
            "text-embedding-3-small",
            2,
            text -> text.contains("France") ? new float[] {1, 0} : new float[] {0, 1});
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(ChatClient.of("atlas", prompt -> "Paris"))
            .build()) {
      assertThat(cache.ask("What is the capital of France?").source())
          .isEqualTo(Answer.Source.MODEL);
      assertThat(cache.ask("Which city serves as France's capital?").source())
          .isEqualTo(Answer.Source.SEMANTIC);
    }
  }

  @Test
  void partsOfJacksonHaveOneVersion() throws Exception {
    List<String> parts =
        List.of(
            "com.fasterxml.jackson.core.json.PackageVersion",
            "com.fasterxml.jackson.databind.cfg.PackageVersion",
            "com.fasterxml.jackson.datatype.jdk8.PackageVersion",
            "com.fasterxml.jackson.datatype.jsr310.PackageVersion",
            "com.fasterxml.jackson.module.kotlin.PackageVersion");

    for (String part : parts) {
      assertThat(version(part)).as(part).isEqualTo(version(parts.get(0)));
    }
  }

  private static String version(String packageVersion) throws Exception {
    Class<?> type = Class.forName(packageVersion);
    return ((Versioned) type.getDeclaredConstructor().newInstance()).version().toString();
  }

  /** The optional libraries do not reach an application that does not ask for them. */
  @Test
  void optionalLibrariesAreAbsent() {
    for (String absent :
        List.of(
            "org.apache.lucene.index.IndexWriter",
            "dev.langchain4j.model.chat.ChatModel",
            "io.micrometer.core.instrument.MeterRegistry",
            "org.springframework.boot.SpringApplication",
            "picocli.CommandLine")) {
      assertThat(isPresent(absent)).as(absent).isFalse();
    }
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
