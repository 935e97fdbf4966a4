package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyLimiterTest {
  private final ReplyLimiter limiter = new ReplyLimiter();

  private void scan(String text) throws IOException {
    byte[] bytes = text.getBytes(US_ASCII);
    limiter.scan(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$67108865\r\n",
        "=67108865\r\n",
        "!67108865\r\n",
        "*2\r\n$3\r\n$99\r\n$999999999999999\r\n",
        "*1048577\r\n",
        "%1048577\r\n",
        "~1048577\r\n",
        "+OK\r\n:12\r\n*1\r\n*1048577\r\n"
      })
  void oversizedReplyIsRejected(String reply) {
    assertThatThrownBy(() -> scan(reply))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the reply has");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$-1\r\n",
        "$?\r\n",
        "+99999999999\r\n",
        "-ERR 99999999999\r\n",
        ":99999999999\r\n",
        "(99999999999\r\n",
        "*-1\r\n",
        "$24\r\n$99999999999\r\n*9999999\r\n\r\n+OK\r\n"
      })
  void otherRepliesAreAccepted(String reply) {
    assertThatCode(() -> scan(reply)).doesNotThrowAnyException();
  }

  @Test
  void replyMayArriveInPieces() throws IOException {
    String reply = "*2\r\n$12\r\n$99999999999\r\n$671";
    for (int i = 0; i < reply.length(); i++) {
      scan(reply.substring(i, i + 1));
    }
    assertThatThrownBy(() -> scan("08865\r\n")).isInstanceOf(IOException.class);
  }

  @Test
  void sumOfTheStringsOfOneRequestIsLimited() throws IOException {
    long third = ReplyLimiter.MAX_BYTES / 3;
    for (int i = 0; i < 10; i++) {
      limiter.onRequest();
      receive(third);
      receive(third);
    }
    receive(third);
    assertThatThrownBy(() -> scan("$3\r\n")).isInstanceOf(IOException.class);
  }

  private void receive(long size) throws IOException {
    scan("$" + size + "\r\n");
    byte[] content = new byte[8192];
    long remaining = size + 2;
    while (remaining > 0) {
      int count = (int) Math.min(remaining, content.length);
      limiter.scan(content, 0, count);
      remaining -= count;
    }
    assertThat(remaining).isZero();
  }
}
