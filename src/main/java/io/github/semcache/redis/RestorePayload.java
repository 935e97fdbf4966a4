package io.github.semcache.redis;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Builds the argument of {@code RESTORE} for a hash: the serialization format of DUMP and of RDB
 * files. It consists of the type, the number of fields, alternating names and values, the version
 * of the format, and a checksum. Every server reads the formats of older versions.
 */
final class RestorePayload {
  private static final int TYPE_HASH = 4;

  /** The version of Redis 5. */
  private static final int VERSION = 9;

  /** The polynomial of the CRC-64 of Redis (the one of Jones), with its bits reversed. */
  private static final long POLYNOMIAL = 0x95AC9329AC4BC9B5L;

  private static final long[] CHECKSUMS = checksums();

  private static final int SIX_BITS = 1 << 6;
  private static final int FOURTEEN_BITS = 1 << 14;
  private static final int MARK_FOURTEEN_BITS = 0x40;
  private static final int MARK_THIRTY_TWO_BITS = 0x80;
  private static final int FOOTER_BYTES = Short.BYTES + Long.BYTES;

  private RestorePayload() {}

  private static long[] checksums() {
    long[] checksums = new long[256];
    for (int i = 0; i < checksums.length; i++) {
      long checksum = i;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        checksum = (checksum & 1) == 0 ? checksum >>> 1 : checksum >>> 1 ^ POLYNOMIAL;
      }
      checksums[i] = checksum;
    }
    return checksums;
  }

  /**
   * Returns the serialized hash.
   *
   * @param fields alternating names and values
   */
  static byte[] of(List<byte[]> fields) {
    ByteArrayOutputStream hash = new ByteArrayOutputStream();
    hash.write(TYPE_HASH);
    writeLength(fields.size() / 2, hash);
    for (byte[] each : fields) {
      writeLength(each.length, hash);
      hash.writeBytes(each);
    }
    byte[] body = hash.toByteArray();
    ByteBuffer payload =
        ByteBuffer.allocate(body.length + FOOTER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    payload.put(body).putShort((short) VERSION);
    payload.putLong(checksum(payload.array(), payload.position()));
    return payload.array();
  }

  private static void writeLength(int length, ByteArrayOutputStream out) {
    if (length < SIX_BITS) {
      out.write(length);
    } else if (length < FOURTEEN_BITS) {
      out.write(MARK_FOURTEEN_BITS | length >>> Byte.SIZE);
      out.write(length);
    } else {
      out.write(MARK_THIRTY_TWO_BITS);
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
    }
  }

  static long checksum(byte[] bytes, int length) {
    long checksum = 0;
    for (int i = 0; i < length; i++) {
      checksum = CHECKSUMS[(int) (checksum ^ bytes[i]) & 0xff] ^ checksum >>> Byte.SIZE;
    }
    return checksum;
  }
}
