package io.github.semcache.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that protect the page from other machines, other sites, and other users. */
class UiSecurityTest {
  private static final String ASK = "{\"prompt\": \"What is it?\"}";

  private final UiFixture page = UiFixture.without(new FakeEmbedder());

  @AfterEach
  void close() {
    page.close();
  }

  /** Sends a request and returns the status line of the reply. */
  private String status(String request, String host, String... headers) throws IOException {
    return page.raw(
        Stream.concat(Stream.of(request + " HTTP/1.1", "Host: " + host), Stream.of(headers))
            .toArray(String[]::new));
  }

  private String own() {
    return "127.0.0.1:" + page.port();
  }

  private String tokenHeader() {
    return "X-Semcache-Token: " + page.token();
  }

  @Test
  void otherAddressesOfTheMachineAreNotServed() throws Exception {
    Optional<InetAddress> other =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
            .findFirst();
    Assumptions.assumeTrue(other.isPresent(), "the machine has no other address");

    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(other.get(), page.port());
      assertThatThrownBy(() -> socket.connect(address, 2_000))
          .isInstanceOfAny(ConnectException.class, SocketTimeoutException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attacker.example",
        "attacker.example:%d",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.attacker.example:%d",
        "127.0.0.1.attacker.example:%d",
        "0.0.0.0:%d",
        "[::]:%d",
        "2130706433:%d",
        "127.0.0.1:%d@attacker.example",
        ""
      })
  void foreignHostIsRefused(String host) throws Exception {
    String actual = host.replace("%d", String.valueOf(page.port()));

    assertThat(status("GET /", actual)).contains(" 403 ");
    assertThat(status("GET /api/state", actual, tokenHeader())).contains(" 403 ");
  }

  @Test
  void twoHostsAreRefused() throws Exception {
    assertThat(status("GET /", own(), "Host: attacker.example")).containsPattern(" 40[03] ");
  }

  @Test
  void loopbackNamesAreServed() throws Exception {
    for (String host : List.of("127.0.0.1:%d", "localhost:%d", "LOCALHOST:%d", "[::1]:%d")) {
      String actual = host.formatted(page.port());
      assertThat(status("GET /", actual)).as(actual).contains(" 200 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://attacker.example",
        "null",
        "https://127.0.0.1:%d",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost:%d",
        "http://127.0.0.1:%d.attacker.example",
        ""
      })
  void foreignOriginIsRefused(String origin) throws Exception {
    String actual = origin.replace("%d", String.valueOf(page.port()));

    assertThat(status("GET /api/state", own(), tokenHeader(), "Origin: " + actual))
        .contains(" 403 ");
    assertThat(status("GET /", own(), "Origin: " + actual)).contains(" 403 ");
  }

  @Test
  void ownOriginIsServed() throws Exception {
    assertThat(status("GET /api/state", own(), tokenHeader(), "Origin: http://" + own()))
        .contains(" 200 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "", "anything"})
  void requestsFromOtherSitesAreRefused(String site) throws Exception {
    assertThat(status("GET /", own(), "Sec-Fetch-Site: " + site)).contains(" 403 ");
    assertThat(status("GET /", own(), "Sec-Fetch-Site: none")).contains(" 200 ");
    assertThat(status("GET /", own(), "Sec-Fetch-Site: same-origin")).contains(" 200 ");
  }

  @Test
  void endpointsRequireTheToken() throws Exception {
    for (String token : List.of("", "0", page.token().substring(1), page.token() + "0")) {
      for (String line : List.of("GET /api/state", "GET /api/stats", "GET /api/nothing")) {
        assertThat(status(line, own(), "X-Semcache-Token: " + token)).contains(" 403 ");
      }
    }
    for (String endpoint : List.of("ask", "answer", "entries/remove", "report", "decide")) {
      HttpResponse<String> response =
          page.send(
              HttpRequest.newBuilder(page.uri("/api/" + endpoint))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(ASK))
                  .build());
      assertThat(response.statusCode()).isEqualTo(403);
    }
    assertThat(page.ok("stats").get("requests").asInt()).isZero();
  }

  @Test
  void tokensAreNotInThePageAndDiffer() throws Exception {
    assertThat(page.token()).matches("[0-9a-f]{64}");
    assertThat(page.get("/").body() + page.get("/ui.js").body()).doesNotContain(page.token());
    try (UiFixture other = UiFixture.without(new FakeEmbedder())) {
      assertThat(other.token()).isNotEqualTo(page.token());
    }
  }

  @Test
  void pageHasAStrictPolicyWithoutInlineScripts() throws Exception {
    HttpResponse<String> response = page.get("/");

    assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'self';")
        .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
        .doesNotContain("unsafe");
    assertThat(response.headers().map())
        .containsEntry("x-content-type-options", List.of("nosniff"))
        .containsEntry("x-frame-options", List.of("DENY"))
        .containsEntry("referrer-policy", List.of("no-referrer"))
        .containsEntry("cache-control", List.of("no-store"));
    assertThat(response.body())
        .doesNotContainPattern("<script(?! src=\"/)")
        .doesNotContain("style=", "onclick", "http://", "https://");
  }

  @Test
  void scriptInsertsNoMarkup() throws Exception {
    assertThat(page.get("/ui.js").body())
        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
  }

  @Test
  void repliesAllowNoOtherOrigin() throws Exception {
    HttpResponse<String> response = page.get("/api/state");

    assertThat(response.headers().map().keySet())
        .noneMatch(name -> name.startsWith("access-control"));
    assertThat(status("OPTIONS /api/ask", own(), "Origin: http://attacker.example"))
        .contains(" 403 ");
    assertThat(status("OPTIONS /api/ask", own(), tokenHeader())).contains(" 405 ");
  }

  @Test
  void bodiesAreBounded() throws Exception {
    assertThat(page.post("/api/ask", "{\"prompt\":\"" + "x".repeat(1 << 18) + "\"}").statusCode())
        .isEqualTo(413);
    assertThat(page.post("/api/ask", "{\"prompt\":\"" + "x".repeat(65_537) + "\"}").statusCode())
        .isEqualTo(400);
    HttpResponse<String> report =
        page.post("/api/report?name=a.csv", "x".repeat(ReportJob.MAX_BYTES + 1));
    assertThat(report.statusCode()).isEqualTo(413);
  }

  @Test
  void bodiesMustBeJsonObjects() throws Exception {
    HttpResponse<String> form =
        page.send(
            HttpRequest.newBuilder(page.uri("/api/ask"))
                .header("X-Semcache-Token", page.token())
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(ASK))
                .build());
    assertThat(form.statusCode()).isEqualTo(415);
    for (String body :
        List.of(
            "",
            "[]",
            "null",
            "\"x\"",
            "{",
            "{} {}",
            "{\"prompt\":1}",
            "{\"prompt\":null}",
            "{}",
            "{\"prompt\":\" \"}",
            "{\"prompt\":\"a\",\"prompt\":\"b\"}",
            "{\"a\":".repeat(500) + "1" + "}".repeat(500),
            "{\"prompt\":\"a\",\"maxDistance\":3}",
            "{\"prompt\":\"a\",\"maxDistance\":-0.1}",
            "{\"prompt\":\"a\",\"maxDistance\":\"0\"}",
            "{\"prompt\":\"a\",\"maxDistance\":true}",
            "{\"prompt\":\"a\",\"scope\":7}")) {
      HttpResponse<String> response = page.post("/api/ask", body);
      assertThat(response.statusCode()).as(body).isEqualTo(400);
      assertThat(UiFixture.JSON.readTree(response.body()).get("error").asText())
          .as(body)
          .isNotBlank()
          .doesNotContain("Exception");
    }
  }

  @Test
  void unknownPathsAndMethodsAreRefused() throws Exception {
    assertThat(page.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(page.get("/../../etc/passwd").statusCode()).isEqualTo(404);
    assertThat(page.get("/report/" + "0".repeat(32)).statusCode()).isEqualTo(404);
    assertThat(page.get("/api/nothing").statusCode()).isEqualTo(404);
    assertThat(page.get("/api/ask").statusCode()).isEqualTo(405);
    assertThat(page.post("/api/state", "{}").statusCode()).isEqualTo(405);
    assertThat(page.post("/", "{}").statusCode()).isEqualTo(405);
    assertThat(status("TRACE /", own())).contains(" 405 ");
  }

  @Test
  void closedServerAcceptsNoConnections() {
    page.server.close();

    assertThatThrownBy(() -> page.get("/")).isInstanceOf(ConnectException.class);
  }
}
