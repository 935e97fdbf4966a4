package io.github.semcache.learning;

/** Hash functions with results that are the same in every process. */
final class Hashing {
  private Hashing() {}

  /** Returns the FNV-1a hash of the UTF-16 units, mixed. */
  static long of(CharSequence text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** The finalizer of SplitMix64. */
  static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** Maps a hash to [0, 1). */
  static double fraction(long hash) {
    return (hash >>> 11) * 0x1.0p-53;
  }
}
