package io.github.semcache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** The configuration metadata, which IDEs show, describes exactly the properties that exist. */
class ConfigurationMetadataTest {
  /** Properties of conditions, which are not bound. */
  private static final Map<String, String> CONDITIONS =
      Map.of(
          "semcache.enabled", "java.lang.Boolean true",
          "semcache.advisor.enabled", "java.lang.Boolean true");

  @Test
  void metadataNamesEveryPropertyWithItsTypeAndDefault() throws IOException {
    Map<String, String> properties = new TreeMap<>(CONDITIONS);
    addProperties("semcache", SemanticCacheProperties.class, properties);

    assertThat(properties()).isEqualTo(properties);
  }

  private static void addProperties(String prefix, Class<?> type, Map<String, String> properties) {
    // The default is an annotation of the constructor's parameter.
    for (Parameter component : type.getDeclaredConstructors()[0].getParameters()) {
      String name = prefix + "." + kebabCase(component.getName());
      if (component.getType().isRecord()) {
        addProperties(name, component.getType(), properties);
      } else {
        properties.put(name, typeOf(component) + defaultOf(component));
      }
    }
  }

  private static String kebabCase(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static String typeOf(Parameter component) {
    return switch (component.getParameterizedType().getTypeName()) {
      case "boolean" -> "java.lang.Boolean";
      case "int" -> "java.lang.Integer";
      default -> component.getParameterizedType().getTypeName().replace(" ", "");
    };
  }

  private static String defaultOf(Parameter component) {
    @Nullable DefaultValue value = component.getAnnotation(DefaultValue.class);
    if (value != null && value.value().length > 0) {
      return " " + value.value()[0];
    }
    return component.getType() == boolean.class ? " false" : "";
  }

  @Test
  void metadataNamesEveryGroup() throws IOException {
    Set<String> groups = new TreeSet<>(Set.of("semcache"));
    addGroups("semcache", SemanticCacheProperties.class, groups);

    Set<String> described = new TreeSet<>();
    metadata().path("groups").forEach(group -> described.add(group.path("name").asText()));
    assertThat(described).isEqualTo(groups);
  }

  private static void addGroups(String prefix, Class<?> type, Set<String> groups) {
    for (Parameter component : type.getDeclaredConstructors()[0].getParameters()) {
      if (component.getType().isRecord()) {
        String name = prefix + "." + kebabCase(component.getName());
        groups.add(name);
        addGroups(name, component.getType(), groups);
      }
    }
  }

  @Test
  void documentationNamesEveryProperty() throws IOException {
    String page = Files.readString(Path.of("docs/integrations.md"));

    for (String property : properties().keySet()) {
      String name = property.substring("semcache.".length());
      assertThat(page).as(property).containsPattern("[`.|, ]" + Pattern.quote(name) + "`");
    }
  }

  private static Map<String, String> properties() throws IOException {
    Map<String, String> properties = new TreeMap<>();
    for (JsonNode property : metadata().path("properties")) {
      assertThat(property.path("description").asText()).endsWith(".");
      properties.put(
          property.path("name").asText(),
          property.path("type").asText()
              + (property.has("defaultValue") ? " " + property.path("defaultValue").asText() : ""));
    }
    return properties;
  }

  private static JsonNode metadata() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(
            ConfigurationMetadataTest.class.getResourceAsStream(
                "/META-INF/spring-configuration-metadata.json"))) {
      return new JsonMapper().readTree(file);
    }
  }
}
