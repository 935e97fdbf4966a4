package io.github.semcache.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The anchors that GitHub gives to the headings of a Markdown page. */
final class HeadingAnchors {
  private static final Pattern FENCED_BLOCK = Pattern.compile("(?ms)^ *```.*?^ *```");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");
  private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

  private HeadingAnchors() {}

  static Set<String> of(Path page) throws IOException {
    return of(Files.readString(page));
  }

  /**
   * Returns the anchors of a text. An anchor is the heading in lower case, without punctuation, and
   * with hyphens for spaces. The second heading with the same anchor has the suffix -1.
   */
  static Set<String> of(String markdown) {
    Set<String> anchors = new LinkedHashSet<>();
    Map<String, Integer> uses = new HashMap<>();
    Matcher heading = HEADING.matcher(FENCED_BLOCK.matcher(markdown).replaceAll(""));
    while (heading.find()) {
      String anchor = anchor(heading.group(1));
      int earlier = uses.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(earlier == 0 ? anchor : anchor + "-" + earlier);
    }
    return anchors;
  }

  private static String anchor(String heading) {
    return LINK.matcher(heading)
        .replaceAll("$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{M}\\p{Nd}\\p{Pc} -]", "")
        .replace(' ', '-');
  }
}
