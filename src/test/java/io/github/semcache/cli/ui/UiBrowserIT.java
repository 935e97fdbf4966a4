package io.github.semcache.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.Browser;
import io.github.semcache.testing.EnabledIfBrowser;
import io.github.semcache.testkit.FakeEmbedder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses the page in a real headless browser, which also enforces its security policy. */
@EnabledIfBrowser
class UiBrowserIT {
  private static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

  private static Browser browser;

  @TempDir Path directory;

  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("Where is my card?", 0)
          .place("Where's my card?", 5)
          .place("Is my card here?", 40);

  private UiFixture page;

  @BeforeAll
  static void startBrowser() throws Exception {
    browser = Browser.start();
  }

  @AfterAll
  static void closeBrowser() throws Exception {
    browser.close();
  }

  @BeforeEach
  void open() throws Exception {
    page = UiFixture.without(embedder);
    page.ok("answer", "{\"prompt\": \"Where is my card?\", \"answer\": \"On its way.\"}");
    browser.emulate(1280, 900, false);
    browser.open(page.server.address());
    browser.await("document.body.dataset.ready");
  }

  @AfterEach
  void close() {
    page.close();
  }

  private void ask(String question) throws Exception {
    browser.run("byId('prompt').value = ''");
    browser.type("#prompt", question);
    browser.click("#ask");
    browser.await("current && current.prompt === '" + question.replace("'", "\\'") + "'");
  }

  private void moveThreshold(double threshold) throws Exception {
    browser.run(
        "byId('threshold').value = arguments[0];"
            + "byId('threshold').dispatchEvent(new Event('input'))",
        threshold);
  }

  @Test
  void questionShowsTheDecisionAndTheThresholdChangesIt() throws Exception {
    ask("Where's my card?");
    assertThat(browser.text("#result")).contains("Semantic hit", "On its way.");
    assertThat(browser.text("#candidates")).contains("0.0038", "Where is my card?", "served");
    ask("Is my card here?");
    assertThat(browser.text("#result")).contains("Miss", "farther away than the threshold");
    assertThat(browser.text("#askedNote")).startsWith("1 of 2 questions hit");

    moveThreshold(0.3);
    browser.await("byId('askedNote').textContent.startsWith('2 of 2')");
    assertThat(browser.text("#decision")).contains("Would hit");
    assertThat(browser.text("#thresholdValue")).isEqualTo("0.300");
    moveThreshold(0);
    browser.await("byId('askedNote').textContent.startsWith('0 of 2')");
    assertThat(browser.text("#candidates")).contains("too far").doesNotContain("served");
    browser.click("#reset");
    browser.await("byId('askedNote').textContent.startsWith('1 of 2')");
    assertThat(browser.text("#stats")).contains("Requests\n2");
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void ownAnswerIsStoredAndAnEntryIsRemoved() throws Exception {
    ask("Is my card here?");
    browser.type("#answer", "Not yet.");
    browser.click("#answerForm button");
    browser.await("byId('result').textContent.includes('Exact hit')");
    browser.await("document.querySelectorAll('#entries tbody tr').length === 2");

    browser.type("#search", "not yet");
    browser.click("#searchForm button");
    browser.await("document.querySelectorAll('#entries tbody tr').length === 1");
    browser.click("#entries td:last-child button");
    assertThat(browser.text("#entries td:last-child button")).isEqualTo("Confirm");
    browser.click("#entries td:last-child button");
    browser.await("byId('entriesNote').textContent.startsWith('No entries.')");
    assertThat(page.ok("entries", "{}").get("matching").asInt()).isEqualTo(1);
  }

  @Test
  void hostileTextsAreShownAsText() throws Exception {
    String json = UiFixture.JSON.writeValueAsString(HOSTILE);
    page.ok("answer", "{\"prompt\": " + json + ", \"answer\": " + json + "}");

    ask(HOSTILE);

    assertThat(browser.text("#result")).contains(HOSTILE);
    assertThat(browser.text("#entries")).contains(HOSTILE);
    assertThat(browser.run("return document.images.length").asInt()).isZero();
    assertThat(browser.run("return document.title").asText()).isEqualTo("semcache");
    assertThat(browser.run("return document.querySelectorAll('script').length").asInt())
        .isEqualTo(2);
  }

  @Test
  void reportOfAChosenFileOpensWithoutAccessToThePage() throws Exception {
    StringBuilder csv = new StringBuilder("question asked,topic\n");
    for (int i = 0; i < 60; i++) {
      csv.append("tell me more of that").append("!".repeat(i % 40));
      csv.append(i == 7 ? " " + HOSTILE.replace("\"", "'") : "")
          .append(",t")
          .append(i % 5)
          .append('\n');
    }
    Path file = Files.writeString(directory.resolve("prompts.csv"), csv);

    browser.type("#file", file.toString());
    browser.await("!byId('columns').hidden");
    browser.click("#columnsGo");
    browser.await("document.querySelector('#reportState a')");
    URI report =
        URI.create(browser.run("return document.querySelector('#reportState a').href").asText());
    browser.console();
    browser.open(report);

    browser.await("document.querySelectorAll('#tiles .tile').length >= 6");
    assertThat(browser.text("h1")).isEqualTo("Semantic cache evaluation of prompts.csv");
    assertThat(browser.run("return location.origin + ' ' + window.origin").asText())
        .endsWith(" null");
    assertThat(browser.run("return document.title").asText()).doesNotContain("owned");
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void pageWithoutTheTokenSaysHowToOpenIt() throws Exception {
    browser.run("sessionStorage.clear()");
    browser.open(page.uri("/"));

    browser.await("!byId('banner').hidden");

    assertThat(browser.text("#banner")).contains("open the address that ui printed");
    assertThat(browser.text("#entries")).isEmpty();
  }

  @Test
  void tokenIsRemovedFromTheAddressAndSurvivesAReload() throws Exception {
    assertThat(browser.run("return location.href").asText()).isEqualTo(page.uri("/").toString());

    browser.open(page.uri("/"));

    browser.await("document.body.dataset.ready");
  }

  @ParameterizedTest
  @CsvSource({"1280,false", "1280,true", "390,false", "390,true"})
  void pageFitsItsWindow(int width, boolean isDark) throws Exception {
    browser.emulate(width, 844, isDark);
    ask("Where's my card?");
    ask("Is-there-a-very-long-word-".repeat(8) + "in the question?");

    assertThat(
            browser
                .run(
                    "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                .asInt())
        .isZero();
    String background =
        browser.run("return getComputedStyle(document.body).backgroundColor").asText();
    assertThat(background).isEqualTo(isDark ? "rgb(14, 18, 23)" : "rgb(243, 245, 248)");
  }

  @Test
  void everyControlHasANameForScreenReaders() throws Exception {
    ask("Where's my card?");

    String unnamed =
        browser
            .run(
                "return [...document.querySelectorAll('input, select, textarea, button')]"
                    + ".filter(e => !(e.labels && e.labels.length && [...e.labels].some(l =>"
                    + " l.textContent.trim())) && !e.getAttribute('aria-label') &&"
                    + " !e.textContent.trim()).map(e => e.outerHTML).join()")
            .asText();
    assertThat(unnamed).isEmpty();
  }
}
