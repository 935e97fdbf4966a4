package io.github.semcache.cli.ui;

import io.github.semcache.evaluation.EvaluationReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The files of the page, which never change.
 *
 * @param files the files by path
 */
record Page(Map<String, Resource> files) {
  private static final String DIRECTORY = "/io/github/semcache/cli/ui/";

  /**
   * A file of the page.
   *
   * @param contentType the media type
   * @param text the content
   */
  record Resource(String contentType, String text) {
    byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  static Page load() {
    return new Page(
        Map.of(
            "/", resource("index.html", "text/html; charset=utf-8"),
            "/ui.css", resource("ui.css", "text/css; charset=utf-8"),
            "/ui.js", resource("ui.js", "text/javascript; charset=utf-8"),
            "/icon.svg", resource("icon.svg", "image/svg+xml"),
            "/chart.js",
                new Resource("text/javascript; charset=utf-8", EvaluationReport.chartScript())));
  }

  private static Resource resource(String name, String contentType) {
    try (InputStream in = Page.class.getResourceAsStream(DIRECTORY + name)) {
      if (in == null) {
        throw new IllegalStateException(DIRECTORY + name + " is not on the class path");
      }
      return new Resource(contentType, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<Resource> file(String path) {
    return Optional.ofNullable(files.get(path));
  }
}
