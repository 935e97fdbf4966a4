package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.prompt.Query;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Requests are equal for the cache unless a relevant part differs. */
final class RequestEqualityPropertyTest extends RequestEqualityFixture {
  /** Lists of texts and images. */
  @Provide
  Arbitrary<List<String>> contents() {
    return Arbitraries.of("", "damaged", "Which one?", "image a", "image b")
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 1000)
  void positionOfTextsBetweenImagesIsRelevant(
      @ForAll("contents") List<String> one, @ForAll("contents") List<String> other) {
    Optional<String> key = queryOf(message(one)).map(Query::key);
    Optional<String> otherKey = queryOf(message(other)).map(Query::key);

    if (!meaning(one).equals(meaning(other)) && key.isPresent()) {
      assertThat(key).isNotEqualTo(otherKey);
    }
  }

  /** Returns the meaning of the parts: adjacent texts are joined, and blank texts are ignored. */
  private static String meaning(List<String> contents) {
    return String.join("|", contents)
        .replaceAll("(?<!image [ab])\\|(?!image )", " ")
        .replaceAll(" *\\| *", "|")
        .replaceAll(" +", " ")
        .strip();
  }

  private static String message(List<String> contents) {
    ObjectNode body = OpenAiJson.newObject();
    ArrayNode parts = body.putArray("messages").addObject().put("role", "user").putArray("content");
    for (String content : contents) {
      if (content.startsWith("image")) {
        parts.addObject().put("type", "image_url").putObject("image_url").put("url", content);
      } else {
        parts.addObject().put("type", "text").put("text", content);
      }
    }
    return OpenAiJson.text(body);
  }

  @Provide
  Arbitrary<ObjectNode> bodies() {
    return Arbitraries.of(CHAT, RESPONSE).map(RequestEqualityPropertyTest::parse);
  }

  @Property(tries = 300)
  void orderOfKeysIsIrrelevant(@ForAll("bodies") ObjectNode body, @ForAll long seed) {
    assertThat(keyOf((ObjectNode) shuffled(body, new Random(seed)))).isEqualTo(keyOf(body));
  }

  private static JsonNode shuffled(JsonNode node, Random random) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(element -> copy.add(shuffled(element, random)));
      return copy;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    Collections.shuffle(names, random);
    ObjectNode copy = object.objectNode();
    names.forEach(name -> copy.set(name, shuffled(object.get(name), random)));
    return copy;
  }

  /** A request body in which one field was modified, added, or removed. */
  private record Change(String name, ObjectNode body) {}

  /** Bodies with one modified, removed, or added field that is not ignored. */
  @Provide
  Arbitrary<Change> changes() {
    return Combinators.combine(bodies(), Arbitraries.longs())
        .as((body, seed) -> changed(body, new Random(seed)));
  }

  private static Change changed(ObjectNode body, Random random) {
    ObjectNode copy = body.deepCopy();
    List<ObjectNode> objects = new ArrayList<>();
    collect(copy, objects, true);
    int index = random.nextInt(objects.size());
    boolean isTop = index == 0;
    ObjectNode object = objects.get(index);
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> isTop && isIgnored(name, copy));
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(3)) {
      case 0 -> object.put("x_added", random.nextInt());
      case 1 -> object.set(name, other(object.get(name)));
      default -> {
        if (isTop && Set.of("messages", "input").contains(name)) {
          object.put("x_added", true);
        } else {
          object.remove(name);
        }
      }
    }
    return new Change(name, copy);
  }

  private static void collect(JsonNode node, List<ObjectNode> into, boolean isTop) {
    if (node instanceof ObjectNode object) {
      into.add(object);
      object.properties().stream()
          .filter(field -> !isTop || !isIgnored(field.getKey(), object))
          .forEach(field -> collect(field.getValue(), into, false));
    } else {
      node.forEach(element -> collect(element, into, false));
    }
  }

  @Property(tries = 2000)
  void modifiedRequestIsNotEqual(@ForAll("changes") Change change) {
    String original = change.body().has("messages") ? CHAT : RESPONSE;

    assertThat(queryOf(OpenAiJson.text(change.body())).map(Query::key))
        .as(change.name())
        .isNotEqualTo(Optional.of(keyOf(parse(original))));
  }
}
