package io.github.semcache.redis;

import java.util.ArrayList;
import java.util.List;

/** Builds the arguments of a command. */
final class Arguments {
  private final List<byte[]> arguments = new ArrayList<>();

  Arguments add(byte[] argument) {
    arguments.add(argument);
    return this;
  }

  Arguments add(String... values) {
    for (String value : values) {
      arguments.add(Utf8.encode(value));
    }
    return this;
  }

  byte[][] toArray() {
    return arguments.toArray(byte[][]::new);
  }
}
