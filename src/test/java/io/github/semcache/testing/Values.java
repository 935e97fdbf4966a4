package io.github.semcache.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * The values of one try of a {@link Property}. Seed and try determine them.
 *
 * <p>Try n uses the n-th edge case of all that the property draws, in the order of its draws; its
 * other values, and those of later tries, are random, one in ten of them an edge case.
 */
public final class Values {
  private static final int EDGE_CASE_RATE = 10;
  private static final int MAX_REPORTED_LENGTH = 4_000;
  private static final List<String> EDGE_STRINGS =
      List.of(
          "",
          " ",
          "a",
          "\0",
          "\r\n\t",
          "\u00a0\u2003\u200b\ufeff",
          "e\u0301",
          "\u0301",
          "\u0130\u00df\ufb01",
          "\uffff",
          "\ud83d\ude00",
          "a".repeat(1_000));
  private static final List<String> LONE_SURROGATES =
      List.of("\ud83d", "\ude00", "\ude00\ud83d", "a\ud83db");

  private final Random random;
  private final List<Object> drawn = new ArrayList<>();
  private int edgeCase;
  private int depth;

  /** Thrown by {@link #assume} to end a try. */
  static final class Discarded extends RuntimeException {
    private static final long serialVersionUID = 1;

    Discarded() {
      super("an assumption does not hold", null, false, false);
    }
  }

  Values(long seed, int number) {
    random = new Random(seed ^ number * 0x9e3779b97f4a7c15L);
    edgeCase = number;
  }

  /**
   * Ends this try without a result if a condition does not hold. Another try replaces it.
   *
   * @param condition the condition that the drawn values must meet
   */
  public void assume(boolean condition) {
    if (!condition) {
      throw new Discarded();
    }
  }

  /** Draws any boolean. */
  public boolean anyBoolean() {
    return draw(List.of(false, true), random::nextBoolean);
  }

  /** Draws any int. */
  public int anyInt() {
    return intBetween(Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Draws an int from a range, both ends included. */
  public int intBetween(int min, int max) {
    return (int) longBetween(min, max);
  }

  /** Draws any long. */
  public long anyLong() {
    return longBetween(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** Draws a long from a range, both ends included. Half of the values are close to zero. */
  public long longBetween(long min, long max) {
    List<Long> edges =
        LongStream.of(min, max, 0, 1, -1, min + 1, max - 1)
            .filter(edge -> edge >= min && edge <= max)
            .distinct()
            .boxed()
            .toList();
    return draw(
        edges,
        () -> {
          long origin = Math.max(min, Math.min(0, max));
          long near = origin + (random.nextLong() >> random.nextInt(64));
          boolean isNear = random.nextBoolean() && near >= min && near <= max;
          return isNear ? near : uniform(min, max);
        });
  }

  private long uniform(long min, long max) {
    return max == Long.MAX_VALUE
        ? min == Long.MIN_VALUE ? random.nextLong() : random.nextLong(min - 1, max) + 1
        : random.nextLong(min, max + 1);
  }

  /** Draws a double from a range, both ends included. */
  public double doubleBetween(double min, double max) {
    List<Double> edges =
        DoubleStream.of(min, max, 0, Math.nextUp(min), Math.nextDown(max), (min + max) / 2)
            .filter(edge -> edge >= min && edge <= max)
            .distinct()
            .boxed()
            .toList();
    return draw(edges, () -> min == max ? min : random.nextDouble(min, max));
  }

  /** Draws one of some strings, each with the same probability. */
  public String oneOf(String... values) {
    return oneOf(List.of(values));
  }

  /** Draws one of some values, each with the same probability. */
  public <T> T oneOf(List<T> values) {
    return draw(values, () -> values.get(random.nextInt(values.size())));
  }

  /**
   * Draws any string of UTF-16 code units: ASCII, other scripts, emoji, combining marks, control
   * characters, and lone surrogates.
   */
  public String anyString() {
    List<String> edges = new ArrayList<>(EDGE_STRINGS);
    edges.addAll(LONE_SURROGATES);
    return draw(edges, () -> randomString(40, true));
  }

  /** Draws any string without lone surrogates. */
  public String wellFormedString() {
    return draw(EDGE_STRINGS, () -> randomString(40, false));
  }

  /** Draws any string of at most a number of characters. */
  public String anyString(int maxLength) {
    String text = anyString();
    return text.length() <= maxLength ? text : text.substring(0, maxLength);
  }

  /** Draws a string of at most a number of characters from an alphabet. */
  public String stringOf(int maxLength, String alphabet) {
    return String.join(
        "", listOf(0, maxLength, () -> alphabet.charAt(random.nextInt(alphabet.length())) + ""));
  }

  private String randomString(int maxLength, boolean withLoneSurrogates) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
      switch (random.nextInt(20)) {
        case 0 -> text.append((char) random.nextInt(0x20));
        case 1, 2 -> text.append((char) random.nextInt(0x300, 0x370));
        case 3 -> text.appendCodePoint(random.nextInt(0x1f300, 0x1f6ff));
        case 4 -> text.append((char) random.nextInt(0x4e00, 0x9fff));
        case 5 -> text.append((char) random.nextInt(0xe000, 0x10000));
        case 6, 7, 8 -> text.append((char) random.nextInt(0xd800));
        case 9 -> text.append(withLoneSurrogates ? (char) random.nextInt(0xd800, 0xe000) : ' ');
        default -> text.append((char) random.nextInt(0x20, 0x7f));
      }
    }
    return text.toString();
  }

  /** Draws an array of at most a number of bytes. */
  public byte[] bytes(int maxLength) {
    byte[] bytes = new byte[intBetween(0, maxLength)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Draws a list whose size is in a range, both ends included. */
  public <T> List<T> listOf(int minSize, int maxSize, Supplier<T> element) {
    return draw(
        List.of(),
        () -> {
          List<T> list = new ArrayList<>();
          for (int i = size(minSize, maxSize); i > 0; i--) {
            list.add(element.get());
          }
          return list;
        });
  }

  /** Draws a map of at most a number of entries. */
  public <K, V> Map<K, V> mapOf(int maxSize, Supplier<K> key, Supplier<V> value) {
    return draw(
        List.of(),
        () -> {
          Map<K, V> map = new LinkedHashMap<>();
          for (int i = size(0, maxSize); i > 0; i--) {
            map.put(key.get(), value.get());
          }
          return map;
        });
  }

  private int size(int min, int max) {
    return draw(List.of(min, max), () -> random.nextInt(min, max + 1));
  }

  /** Draws some of the elements of a list, in their order. */
  public <T> List<T> subsetOf(List<T> elements) {
    return draw(
        List.of(List.of(), elements),
        () -> elements.stream().filter(element -> random.nextBoolean()).toList());
  }

  /** Draws an order of the elements of a list. */
  public <T> List<T> permutationOf(List<T> elements) {
    List<T> reversed = new ArrayList<>(elements);
    Collections.reverse(reversed);
    return draw(
        List.of(elements, reversed),
        () -> {
          List<T> shuffled = new ArrayList<>(elements);
          Collections.shuffle(shuffled, random);
          return shuffled;
        });
  }

  private <T> T draw(List<? extends T> edges, Supplier<? extends T> other) {
    int edge = edgeCase;
    edgeCase -= edges.size();
    depth++;
    T value;
    if (edge >= 0 && edge < edges.size()) {
      value = edges.get(edge);
    } else if (!edges.isEmpty() && random.nextInt(EDGE_CASE_RATE) == 0) {
      value = edges.get(random.nextInt(edges.size()));
    } else {
      value = other.get();
    }
    depth--;
    if (depth == 0) {
      drawn.add(value);
    }
    return value;
  }

  /** Returns the values drawn so far, with characters outside ASCII as escapes. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    drawn.stream()
        .map(String::valueOf)
        .collect(Collectors.joining(", "))
        .chars()
        .limit(MAX_REPORTED_LENGTH)
        .forEach(
            unit ->
                text.append(
                    unit >= 0x20 && unit < 0x7f
                        ? String.valueOf((char) unit)
                        : String.format("\\u%04x", unit)));
    return text.toString();
  }
}
