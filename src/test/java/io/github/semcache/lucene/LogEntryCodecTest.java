package io.github.semcache.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.prompt.Normalizer;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.CorruptEntryException;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.time.Instant;
import java.util.function.Supplier;

class LogEntryCodecTest {
  @Provide
  Arbitrary<CacheEntry> entries() {
    // Of all UTF-16 code units, lone surrogates included.
    Arbitrary<String> texts = Arbitraries.strings().all().ofMaxLength(20);
    Arbitrary<Instant> times =
        Combinators.combine(
                Arbitraries.longs()
                    .between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
                Arbitraries.integers().between(0, 999_999_999))
            .as(Instant::ofEpochSecond);
    Arbitrary<Map<String, String>> attributes = Arbitraries.maps(texts, texts).ofMaxSize(4);
    Arbitrary<String> hashes = texts.map(Normalizer.wellFormed()::normalize);
    return Combinators.combine(hashes, hashes, texts, texts, attributes, times).as(CacheEntry::new);
  }

  @Provide
  Arbitrary<String> wellFormed() {
    return Arbitraries.strings().map(Normalizer.wellFormed()::normalize);
  }

  private static CacheEntry decode(byte[] bytes) {
    return LogEntryCodec.decode("entry", new RecordReader(bytes, 0, bytes.length));
  }

  @Property
  void entryComesBackAsItWas(Values values) {
    CacheEntry entry = entry(values);

    assertThat(decode(LogEntryCodec.encode(entry))).isEqualTo(entry);
  }

  @Property
  void damageOfOneBitIsNoticed(Values values) {
    byte[] bytes = LogEntryCodec.encode(entry(values));
    int bit = values.intBetween(0, bytes.length * 8 - 1);
    bytes[bit / 8] ^= (byte) (1 << (bit % 8));

    assertThatThrownBy(() -> decode(bytes)).isInstanceOf(CorruptEntryException.class);
  }

  @Property
  void missingBytesAreNoticed(Values values) {
    byte[] bytes = LogEntryCodec.encode(entry(values));
    byte[] cut = java.util.Arrays.copyOf(bytes, values.intBetween(0, bytes.length - 1));

    assertThatThrownBy(() -> decode(cut)).isInstanceOf(CorruptEntryException.class);
  }

  @Property
  void headComesBackAsItWas(
      @ForAll("wellFormed") String key,
      @ForAll("wellFormed") String scope,
      @ForAll long sequence,
      @ForAll long createdAt,
      @ForAll long expiresAt) {
    EntryMetadata head = new EntryMetadata(key, scope, sequence, createdAt, expiresAt);

    assertThat(EntryMetadata.decode(new org.apache.lucene.util.BytesRef(head.encode())))
        .isEqualTo(head);
  }
}
