package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultRedisCredentials;

class TrackingConnectionTest {
  private static final String INVALIDATION =
      ">2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$2\r\nbc\r\n";

  private final List<String> changed = new ArrayList<>();
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private int flushes;

  private TrackingConnection connection(String replies) throws IOException {
    InputStream in = new ByteArrayInputStream(replies.getBytes(UTF_8));
    Socket socket =
        new Socket() {
          @Override
          public InputStream getInputStream() {
            return in;
          }

          @Override
          public OutputStream getOutputStream() {
            return sent;
          }
        };
    return new TrackingConnection(
        socket, keys -> keys.forEach(key -> changed.add(Utf8.decode(key))), () -> flushes++);
  }

  @Test
  void startSendsCredentialsAndPrefixes() throws IOException {
    String hello = "%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nmodules\r\n*0\r\n";

    connection(hello + "+OK\r\n")
        .start(new DefaultRedisCredentials("app", "secret"), List.of("p:", "q:"));

    assertThat(sent.toString(UTF_8).replaceAll("[*$]\\d+\r\n", "").replace("\r\n", " "))
        .isEqualTo(
            "HELLO 3 AUTH app secret SETNAME semcache-near"
                + " CLIENT TRACKING ON BCAST PREFIX p: PREFIX q: ");
  }

  @Test
  void startWithoutPasswordDoesNotAuthenticate() throws IOException {
    connection("%0\r\n+OK\r\n").start(new DefaultRedisCredentials(null, (char[]) null), List.of());

    assertThat(sent.toString(UTF_8)).doesNotContain("AUTH");
  }

  @Test
  void refusalIsReported() throws IOException {
    TrackingConnection connection = connection("-NOPERM no permission\r\n");

    assertThatExceptionOfType(TrackingConnection.ServerErrorException.class)
        .isThrownBy(() -> connection.start(null, List.of()))
        .withMessage("NOPERM no permission");
  }

  @Test
  void reportsBeforeTheReplyAreHandled() throws IOException {
    connection(INVALIDATION + INVALIDATION + "+PONG\r\n" + INVALIDATION).ping();

    assertThat(changed).containsExactly("a", "bc", "a", "bc");
  }

  @Test
  void flushIsReported() throws IOException {
    connection(">2\r\n$10\r\ninvalidate\r\n_\r\n+PONG\r\n").ping();
    assertThat(flushes).isEqualTo(1);
  }

  @Test
  void otherMessagesAreIgnored() throws IOException {
    connection(">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n+PONG\r\n").ping();

    assertThat(changed).isEmpty();
    assertThat(flushes).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "+PO",
        "$99999999\r\n",
        "*99999999\r\n",
        "$x\r\n",
        "?\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+x\r\n"
      })
  void malformedReplyFails(String reply) throws IOException {
    TrackingConnection connection = connection(reply);

    assertThatThrownBy(connection::ping).isInstanceOf(IOException.class);
  }
}
