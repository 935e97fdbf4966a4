package io.github.semcache.langchain4j;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of langchain4j-core on the class path. */
final class CoreVersion {

  private CoreVersion() {}

  /**
   * Checks that models can be wrapped. Before 1.13, {@code ChatModel} has no method with options,
   * which a wrapper overrides: {@code chat} would call {@code doChat}, and that {@code chat} again.
   *
   * @throws IllegalStateException if the version is older than 1.13; the message states it and the
   *     remedy
   */
  static void check() {
    try {
      Class.forName(
          "dev.langchain4j.model.chat.ChatRequestOptions",
          false,
          CoreVersion.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "LangChain4j "
              + version()
              + " is on the class path, but CachedChatModel requires 1.13 or later; set the version"
              + " of dev.langchain4j:langchain4j-core, for example to 1.20.0",
          e);
    }
  }

  private static String version() {
    try (InputStream file =
        CoreVersion.class.getResourceAsStream(
            "/META-INF/maven/dev.langchain4j/langchain4j-core/pom.properties")) {
      Properties properties = new Properties();
      if (file != null) {
        properties.load(file);
      }
      return properties.getProperty("version", "of an unknown version");
    } catch (IOException e) {
      return "of an unknown version";
    }
  }
}
