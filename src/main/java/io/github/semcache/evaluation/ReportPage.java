package io.github.semcache.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Puts data and script into the page. */
final class ReportPage {
  private static final String PAGE = "/io/github/semcache/evaluation/report.html";
  private static final String CHARTS_VERSION =
      "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";

  private ReportPage() {}

  /**
   * The whole page.
   *
   * @throws IllegalStateException if the script for the charts is not on the class path
   */
  static String html(String title, String json) {
    return resource(PAGE)
        .replace("@TITLE@", title.replace("&", "&amp;").replace("<", "&lt;"))
        .replace("@CHARTS@", script())
        // Within a script element nothing but its end needs to be kept apart.
        .replace("@DATA@", json.replace("<", "\\u003c"));
  }

  private static String script() {
    Properties properties = new Properties();
    try (InputStream in = ReportPage.class.getResourceAsStream(CHARTS_VERSION)) {
      if (in == null) {
        throw new IllegalStateException(
            "the report's charts need org.webjars.npm:chart.js on the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String path =
        "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js"
            .formatted(properties.getProperty("version"));
    return resource(path)
        .replaceFirst("(?m)^//# sourceMappingURL=.*$", "")
        .replace("</script", "<\\/script");
  }

  private static String resource(String path) {
    try (InputStream in = ReportPage.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not on the class path");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
