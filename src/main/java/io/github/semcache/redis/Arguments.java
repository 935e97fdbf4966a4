package io.github.semcache.redis;

import java.util.ArrayList;
import java.util.List;

/** The arguments of a command, in the making. */
final class Arguments {
  private final List<byte[]> arguments = new ArrayList<>();

  Arguments add(byte[] argument) {
    arguments.add(argument);
    return this;
  }

  Arguments add(String... texts) {
    for (String text : texts) {
      arguments.add(Utf8.encode(text));
    }
    return this;
  }

  byte[][] toArray() {
    return arguments.toArray(byte[][]::new);
  }
}
