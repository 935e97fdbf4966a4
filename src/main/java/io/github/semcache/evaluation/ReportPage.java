package io.github.semcache.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Inserts the data of a report and Chart.js into the HTML template. */
final class ReportPage {
  private static final String TEMPLATE = "/io/github/semcache/evaluation/report.html";
  private static final String CHART_JS_PROPERTIES =
      "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";

  private ReportPage() {}

  /**
   * Returns the page.
   *
   * @param json the data of the report
   * @throws IllegalStateException if Chart.js is not on the class path
   */
  static String html(String title, String json) {
    return resource(TEMPLATE)
        .replace("@TITLE@", title.replace("&", "&amp;").replace("<", "&lt;"))
        .replace("@CHARTS@", chartJs())
        // Without '<', the JSON cannot contain the end tag of its script element.
        .replace("@DATA@", json.replace("<", "\\u003c"));
  }

  /** Returns the source of Chart.js. */
  static String chartJs() {
    Properties properties = new Properties();
    try (InputStream in = ReportPage.class.getResourceAsStream(CHART_JS_PROPERTIES)) {
      if (in == null) {
        throw new IllegalStateException(
            "org.webjars.npm:chart.js is not on the class path; a report requires it");
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
