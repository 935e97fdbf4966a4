package io.github.semcache.cli.ui;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are served. Only connections from loopback with a loopback name as {@code
 * Host} are, so that a name that an attacker resolves to 127.0.0.1 (DNS rebinding) is refused. A
 * request that a page of another origin makes is refused by its {@code Origin} or {@code
 * Sec-Fetch-Site}. The endpoints also require a token, which only the address that is printed on
 * the terminal contains: other users of the machine and other pages do not know it. Immutable.
 */
final class RequestGuard {
  static final String TOKEN_HEADER = "X-Semcache-Token";
  private static final int TOKEN_BYTES = 32;

  private final Set<String> hosts;
  private final String token;

  private RequestGuard(int port, String token) {
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
    this.token = token;
  }

  /** Returns a guard with a random token for a server at a port. */
  static RequestGuard newGuard(int port) {
    return new RequestGuard(port, randomHex(TOKEN_BYTES));
  }

  /** Returns a random text that cannot be guessed. */
  static String randomHex(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  String token() {
    return token;
  }

  /** Returns why a request is refused, or empty if it is served. */
  Optional<String> refuse(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    String host = single(headers, "Host");
    if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
      return Optional.of("the connection does not come from this machine");
    }
    if (host == null || !hosts.contains(host.toLowerCase(Locale.ROOT))) {
      return Optional.of("the Host header must be a loopback address with the port of the page");
    }
    if (headers.containsKey("Origin")
        && !("http://" + host).equalsIgnoreCase(single(headers, "Origin"))) {
      return Optional.of("the Origin header must be that of the page");
    }
    String site = single(headers, "Sec-Fetch-Site");
    return headers.containsKey("Sec-Fetch-Site")
            && !"same-origin".equals(site)
            && !"none".equals(site)
        ? Optional.of("the request comes from another site")
        : Optional.empty();
  }

  /** Returns whether a request has the token. */
  boolean hasToken(HttpExchange exchange) {
    String given = single(exchange.getRequestHeaders(), TOKEN_HEADER);
    return given != null && MessageDigest.isEqual(bytes(given), bytes(token));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the value of a header, or null if there is none or more than one. */
  private static @Nullable String single(Headers headers, String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.size() == 1 ? values.get(0) : null;
  }
}
