package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestorePayloadTest {

  @Test
  void checksumIsTheOneOfRedis() {
    byte[] checkInput = Utf8.encode("123456789");

    // The check value in crc64.c of Redis.
    assertThat(RestorePayload.checksum(checkInput, checkInput.length))
        .isEqualTo(0xe9c6d914c4b8d9caL);
  }

  @Test
  void payloadHasTypeCountStringsVersionAndChecksum() {
    byte[] payload =
        RestorePayload.of(List.of(Utf8.encode("f"), new byte[64], Utf8.encode("g"), new byte[0]));

    assertThat(HexFormat.of().formatHex(payload, 0, 7)).isEqualTo("04020166" + "4040" + "00");
    assertThat(payload).hasSize(1 + 1 + 2 + 2 + 64 + 2 + 1 + 2 + 8);
    assertThat(HexFormat.of().formatHex(payload, 69, 75)).isEqualTo("00" + "0167" + "00" + "0900");
  }

  @Test
  void longStringsHaveLengthsOfFourBytes() {
    byte[] payload = RestorePayload.of(List.of(Utf8.encode("f"), new byte[20_000]));

    assertThat(HexFormat.of().formatHex(payload, 0, 10))
        .isEqualTo("04010166" + "80" + "00004e20" + "00");
  }
}
