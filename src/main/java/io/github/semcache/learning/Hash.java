package io.github.semcache.learning;

/** Hashes that spread well and stay the same from run to run. */
final class Hash {
  private Hash() {}

  /** FNV-1a over the characters, mixed. */
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

  /** A number from 0 to below 1. */
  static double fraction(long hash) {
    return (hash >>> 11) * 0x1.0p-53;
  }
}
