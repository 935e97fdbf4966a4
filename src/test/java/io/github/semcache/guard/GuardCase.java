package io.github.semcache.guard;

import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A labeled pair of prompts.
 *
 * @param a one prompt
 * @param b the other prompt
 * @param same whether both have the same answer
 * @param kind the difference between the prompts, if the file states it; otherwise empty
 */
record GuardCase(String a, String b, boolean same, String kind) {

  /** Returns the pairs with which the guards were developed. */
  static List<GuardCase> nearMisses() {
    return read("near-misses.csv");
  }

  /**
   * Returns pairs by authors who did not know the guards.
   *
   * @param set the number of the set, from 1 to 3
   */
  static List<GuardCase> unseen(int set) {
    return read(set == 1 ? "unseen-pairs.csv" : "unseen-pairs-" + set + ".csv");
  }

  static Stream<GuardCase> allUnseen() {
    return IntStream.rangeClosed(1, 3).mapToObj(GuardCase::unseen).flatMap(List::stream);
  }

  private static List<GuardCase> read(String resource) {
    try (InputStream in = GuardCase.class.getResourceAsStream(resource)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).map(GuardCase::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GuardCase parse(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean doubled = quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"';
      if (doubled) {
        field.append(c);
        i++;
      } else if (c == '"' && (quoted || field.isEmpty())) {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return new GuardCase(fields.get(0), fields.get(1), fields.get(2).equals("same"), fields.get(3));
  }

  Optional<RejectionReason> reject(Guard guard) {
    return guard.reject(PromptPair.of(a, b));
  }
}
