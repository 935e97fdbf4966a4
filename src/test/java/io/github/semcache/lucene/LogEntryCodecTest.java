package io.github.semcache.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.time.Instant;
import java.util.function.Supplier;

class LogEntryCodecTest {

  private static CacheEntry entry(Values values) {
    Supplier<String> text = values::anyString;
    return new CacheEntry(
        values.wellFormedString(),
        values.wellFormedString(),
        text.get(),
        text.get(),
        values.mapOf(4, text, text),
        Instant.ofEpochSecond(
            values.longBetween(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
            values.intBetween(0, 999_999_999)));
  }

  private static CacheEntry decode(byte[] bytes) {
    return LogEntryCodec.decode("entry", new RecordReader(bytes, 0, bytes.length));
  }

  @Property
  void decodedEntryEqualsEncodedEntry(Values values) {
    CacheEntry entry = entry(values);

    assertThat(decode(LogEntryCodec.encode(entry))).isEqualTo(entry);
  }

  @Property
  void flippedBitIsDetected(Values values) {
    byte[] bytes = LogEntryCodec.encode(entry(values));
    int bit = values.intBetween(0, bytes.length * 8 - 1);
    bytes[bit / 8] ^= (byte) (1 << (bit % 8));

    assertThatThrownBy(() -> decode(bytes)).isInstanceOf(StoreException.CorruptEntry.class);
  }

  @Property
  void truncatedEntryIsDetected(Values values) {
    byte[] bytes = LogEntryCodec.encode(entry(values));
    byte[] truncated = java.util.Arrays.copyOf(bytes, values.intBetween(0, bytes.length - 1));

    assertThatThrownBy(() -> decode(truncated)).isInstanceOf(StoreException.CorruptEntry.class);
  }

  @Property
  void decodedMetadataEqualsEncodedMetadata(Values values) {
    EntryMetadata head =
        new EntryMetadata(
            values.wellFormedString(),
            values.wellFormedString(),
            values.anyLong(),
            values.anyLong(),
            values.anyLong());

    assertThat(EntryMetadata.decode(new org.apache.lucene.util.BytesRef(head.encode())))
        .isEqualTo(head);
  }
}
