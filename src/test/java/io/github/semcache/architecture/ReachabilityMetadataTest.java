package io.github.semcache.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The metadata for native images covers the resources of the library, and names existing types. */
class ReachabilityMetadataTest {
  private static final Path RESOURCES = Path.of("src/main/resources");
  private static final Path METADATA =
      RESOURCES.resolve(
          "META-INF/native-image/io.github.semcache/semcache/reachability-metadata.json");

  @Test
  void everyResourceOfTheLibraryIsIncluded() throws IOException {
    List<PathMatcher> globs =
        elements("resources")
            .map(
                each ->
                    FileSystems.getDefault().getPathMatcher("glob:" + each.get("glob").asText()))
            .toList();

    try (Stream<Path> files = Files.walk(RESOURCES.resolve("io/github/semcache"))) {
      List<Path> resources =
          files
              .filter(Files::isRegularFile)
              .map(RESOURCES::relativize)
              .filter(file -> !file.toString().matches(".*/semcache/(cli|evaluation)/.*"))
              .toList();
      assertThat(resources)
          .isNotEmpty()
          .allMatch(file -> globs.stream().anyMatch(glob -> glob.matches(file)));
    }
  }

  /** Except JedisPooled, which Jedis had until version 7. */
  @Test
  void everyTypeExists() throws IOException {
    List<String> types =
        elements("reflection")
            .map(each -> each.get("type").asText())
            .filter(type -> !type.equals("redis.clients.jedis.JedisPooled"))
            .toList();

    assertThat(types).isNotEmpty();
    for (String type : types) {
      assertThatNoException()
          .as(type)
          .isThrownBy(() -> Class.forName(type, false, getClass().getClassLoader()));
    }
  }

  private static Stream<JsonNode> elements(String name) throws IOException {
    JsonNode elements = new ObjectMapper().readTree(METADATA.toFile()).get(name);
    return StreamSupport.stream(elements.spliterator(), false);
  }
}
