package io.github.semcache.redis;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of Jedis on the class path. */
final class JedisVersion {
  private static final String PACKAGE = "redis.clients.jedis.";

  private JedisVersion() {}

  /**
   * Checks that the Jedis version on the class path is supported.
   *
   * @throws IllegalStateException if it is older than 6.0; the message states the version and the
   *     remedy
   */
  static void check() {
    // SslOptions was added in 6.0.
    if (!has("SslOptions")) {
      throw new IllegalStateException(
          "Jedis "
              + current()
              + " is on the class path, but RedisVectorStore requires 6.0 to 8; set the version of"
              + " redis.clients:jedis, in a Spring Boot application with the property"
              + " jedis.version, for example to 8.0.2");
    }
  }

  /** Returns whether Jedis has a class with the given simple name. */
  static boolean has(String type) {
    try {
      Class.forName(PACKAGE + type, false, JedisVersion.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Returns the version, for messages. */
  static String current() {
    try (InputStream file =
        JedisVersion.class.getResourceAsStream(
            "/META-INF/maven/redis.clients/jedis/pom.properties")) {
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
