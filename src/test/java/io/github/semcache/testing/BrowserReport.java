package io.github.semcache.testing;

import java.nio.file.Path;
import java.util.List;

/** Reports the tests that need a browser. */
public final class BrowserReport extends TaggedTestReport {
  static final String TAG = "browser";

  /** Called by JUnit. */
  public BrowserReport() {
    super(TAG, "Browser", Path.of("target", "browser-tests.txt"));
  }

  @Override
  List<String> descriptions() {
    return Browser.driver().map(path -> List.of("Browser: " + path)).orElse(List.of());
  }
}
