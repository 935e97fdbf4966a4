package io.github.semcache.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ScopeTest {

  /** Returns a scope of short strings of few characters, so that equal parts are common. */
  private static Scope scope(Values values) {
    Supplier<String> text = () -> values.stringOf(3, "ab:\0\ud800|");
    Map<String, String> tags = values.mapOf(2, text, text);
    List<Prompt.Message> history =
        values.listOf(0, 2, () -> new Prompt.Message(text.get(), text.get()));
    Map<String, String> settings = values.mapOf(2, text, text);
    Scope scope = Scope.of(tags).history(history).settings(settings);
    for (String dependency : values.listOf(0, 2, text)) {
      scope = scope.dependsOn(dependency);
    }
    return values.intBetween(1, 10) <= 3 ? scope : scope.system(text.get());
  }

  /** Returns an equal scope with copies of all parts. */
  private static Scope copy(Scope scope) {
    Scope copy =
        Scope.of(Map.copyOf(scope.tags()))
            .history(List.copyOf(scope.history()))
            .settings(Map.copyOf(scope.settings()));
    for (String dependency : scope.dependencies()) {
      copy = copy.dependsOn(dependency);
    }
    return scope.system().map(copy::system).orElse(copy);
  }

  @Test
  void settingsOfOneScopeMayAlternate() {
    Scope scope = Scope.of("tenant", "acme").system("Be brief.").dependsOn("docs");
    Map<String, String> settings = new HashMap<>(Map.of("model", "a"));
    Scope a = scope.settings(settings);
    settings.put("model", "b");
    Scope b = scope.settings(settings);

    assertThat(a.settings()).isEqualTo(Map.of("model", "a"));
    assertThat(b.settings()).isEqualTo(Map.of("model", "b"));
    assertThat(a.hash()).isNotEqualTo(b.hash()).isEqualTo(copy(a).hash());
    assertThat(scope.settings(Map.of("model", "a"))).isEqualTo(a);
    assertThat(scope.settings()).isEmpty();
    assertThat(scope.settings(Map.of())).isEqualTo(scope);
  }

  @Property(tries = 1_000)
  void hashesAreEqualIfAndOnlyIfAllPartsAreEqual(Values values) {
    Scope a = scope(values);
    Scope b = values.anyBoolean() ? copy(a) : scope(values);
    boolean allEqual =
        a.tags().equals(b.tags())
            && a.system().equals(b.system())
            && a.history().equals(b.history())
            && a.settings().equals(b.settings())
            && a.dependencies().equals(b.dependencies());

    assertThat(a.hash().equals(b.hash())).isEqualTo(allEqual);
    assertThat(a.equals(b)).isEqualTo(allEqual);
  }

  /** Returns scopes that differ from a scope in one part each. */
  private static List<Scope> variantsOf(Scope scope) {
    List<Scope> others = new ArrayList<>();
    others.add(scope.tag("added", ""));
    others.add(scope.dependsOn("added"));
    others.add(scope.system(scope.system().map(text -> text + "b").orElse("b")));
    for (String name : scope.tags().keySet()) {
      others.add(scope.tag(name, scope.tags().get(name) + "b"));
      Scope withoutTag =
          Scope.of(without(scope.tags(), name)).history(scope.history()).settings(scope.settings());
      others.add(scope.system().map(withoutTag::system).orElse(withoutTag));
    }
    for (int i = 0; i < scope.history().size(); i++) {
      Prompt.Message message = scope.history().get(i);
      others.add(withMessage(scope, i, new Prompt.Message(message.role() + "b", message.text())));
      others.add(withMessage(scope, i, new Prompt.Message(message.role(), message.text() + "b")));
    }
    List<Prompt.Message> longer = new ArrayList<>(scope.history());
    longer.add(new Prompt.Message("", ""));
    others.add(scope.history(longer));
    Map<String, String> settings = new TreeMap<>(scope.settings());
    settings.put("added", "");
    others.add(scope.settings(settings));
    for (String name : scope.settings().keySet()) {
      Map<String, String> changed = new TreeMap<>(scope.settings());
      changed.merge(name, "b", String::concat);
      others.add(scope.settings(changed));
      others.add(scope.settings(without(scope.settings(), name)));
    }
    return others;
  }

  private static Map<String, String> without(Map<String, String> map, String name) {
    Map<String, String> rest = new TreeMap<>(map);
    rest.remove(name);
    return rest;
  }

  private static Scope withMessage(Scope scope, int index, Prompt.Message message) {
    List<Prompt.Message> history = new ArrayList<>(scope.history());
    history.set(index, message);
    return scope.history(history);
  }

  @Property(tries = 500)
  void scopeThatDiffersInOnePartHasAnotherHash(Values values) {
    Scope scope = scope(values);

    assertThat(variantsOf(scope)).extracting(Scope::hash).doesNotContain(scope.hash());
  }

  @Property(tries = 500)
  void keysAreEqualIfAndOnlyIfScopeAndTextAreEqual(Values values) {
    Scope a = scope(values);
    Scope b = values.anyBoolean() ? copy(a) : scope(values);
    boolean sameText = values.anyBoolean();
    Query first = query(a, "ab");
    Query second = query(b, sameText ? "ab" : "a");

    assertThat(first.key().equals(second.key())).isEqualTo(sameText && a.equals(b));
  }

  private static Query query(Scope scope, String text) {
    return Query.of(Prompt.of(text).scope(scope), Normalizer.none(), Map.of());
  }

  @Test
  void hashHas64HexadecimalDigitsForAnyTag() {
    for (String unusual :
        List.of("\"quotes'", "{braces}", "*", ":", "😀", "|", "x".repeat(10_000), "", "\0")) {
      assertThat(Scope.of(unusual, unusual).hash()).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void hashDoesNotDependOnTheOrderOfTags() {
    assertThat(Scope.of("a", "1").tag("b", "2")).isEqualTo(Scope.of("b", "2").tag("a", "1"));
  }

  @Test
  void hashesOfEarlierVersionsAreUnchanged() {
    assertThat(Scope.none().hash())
        .isEqualTo("53573629fa45b810adc4503f9a21d75229c78c19517e6954ce33cc69e2926587");
    assertThat(query(Scope.of("tenant", "acme").system("s"), "text").key())
        .isEqualTo("ae8db131b73a982cc94210c3816d63beeed18e91d74e8449f2e5d51e2b4758ea");
  }

  @Test
  void givenSettingsReplaceThoseOfThePrompt() {
    Prompt prompt = Prompt.of("x").scope(Scope.none().settings(Map.of("model", "a")));

    assertThat(Query.of(prompt, Normalizer.none(), Map.of()).scope().settings())
        .containsEntry("model", "a");
    assertThat(Query.of(prompt, Normalizer.none(), Map.of("model", "b")).scope().settings())
        .containsExactly(Map.entry("model", "b"));
  }

  @Test
  void scopeDoesNotChangeWithItsArguments() {
    List<Prompt.Message> messages = new ArrayList<>(List.of(Prompt.Message.user("a")));
    Map<String, String> tags = new TreeMap<>(Map.of("name", "value"));
    Scope scope = Scope.of(tags).history(messages).settings(tags);
    messages.clear();
    tags.clear();

    assertThat(scope.history()).hasSize(1);
    assertThat(scope.tags()).hasSize(1);
    assertThat(scope.settings()).hasSize(1);
  }

  @Test
  void unpairedSurrogatesOfTheSystemTextAndTheHistoryAreReplaced() {
    String broken = "a\ud83d";
    String replaced = "a\ufffd";

    assertThat(scopeOf(broken).system()).contains(replaced);
    assertThat(scopeOf(broken).history()).containsExactly(new Prompt.Message(replaced, replaced));
  }

  @Test
  void tagsAndSettingsThatDifferInAnUnpairedSurrogateAreDifferentScopes() {
    List<String> texts = List.of("a\ud83d", "a\ud83e", "a\udc00", "a\ufffd", "a?");

    assertThat(texts).extracting(text -> Scope.of("tenant", text).hash()).doesNotHaveDuplicates();
    assertThat(texts).extracting(text -> Scope.of(text, "tenant").hash()).doesNotHaveDuplicates();
    assertThat(texts)
        .extracting(text -> Scope.none().settings(Map.of("x", text)).hash())
        .doesNotHaveDuplicates();
    assertThat(Scope.of("a\ud83d", "b").tags()).containsExactly(Map.entry("a\ud83d", "b"));
  }

  @Test
  void emptySystemTextIsTheSameAsNone() {
    assertThat(Scope.none().system("")).isEqualTo(Scope.none());
    assertThat(Scope.none().system("").system()).isEmpty();
    assertThat(Scope.none().system(" ")).isNotEqualTo(Scope.none());
  }

  private static Scope scopeOf(String text) {
    return Scope.of(Map.of(text, text))
        .system(text)
        .history(List.of(new Prompt.Message(text, text)))
        .settings(Map.of(text, text));
  }

  @Test
  void unpairedSurrogatesOfANormalFormAreReplaced() {
    Query query = Query.of(Prompt.of("a\ud83d\ude00"), text -> text.substring(0, 2), Map.of());

    assertThat(query.text()).isEqualTo("a\ufffd");
    assertThat(query.key()).isEqualTo(query(Scope.none(), "a\ufffd").key());
  }

  @Test
  void termsAreThoseOfTagsDependenciesAndModel() {
    Scope scope =
        Scope.of("tenant", "acme")
            .dependsOn("prices")
            .system("Be brief.")
            .settings(Map.of("model", "m", "temperature", "0"));

    assertThat(scope.terms())
        .containsExactlyInAnyOrder(
            Scope.tagTerm("tenant", "acme"),
            Scope.tagNameTerm("tenant"),
            Scope.dependencyTerm("prices"),
            Scope.modelTerm("m"));
    assertThat(scope.terms()).allMatch(term -> term.matches("[0-9a-f]{32}"));
    assertThat(Scope.none().terms()).isEmpty();
  }

  @Test
  void termsOfDifferentKindsAndPartsDiffer() {
    assertThat(
            List.of(
                Scope.tagTerm("a", "b"),
                Scope.tagTerm("ab", ""),
                Scope.tagTerm("", "ab"),
                Scope.tagNameTerm("a"),
                Scope.modelTerm("a"),
                Scope.dependencyTerm("a")))
        .doesNotHaveDuplicates();
  }
}
