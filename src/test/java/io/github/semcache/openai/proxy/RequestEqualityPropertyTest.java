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

/** Any change of anything that matters makes another request; the order of keys does not. */
final class RequestEqualityPropertyTest extends RequestEqualityFixture {
  /** Texts and images, at least one of them a text that says something. */
  @Provide
  Arbitrary<List<String>> contents() {
    return Arbitraries.of("", "damaged", "Which one?", "image a", "image b")
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 1000)
  void textsThatStandElsewhereAmongTheImagesAreAnotherRequest(
      @ForAll("contents") List<String> one, @ForAll("contents") List<String> other) {
    Optional<String> key = queryOf(message(one)).map(Query::key);
    Optional<String> otherKey = queryOf(message(other)).map(Query::key);

    if (!runs(one).equals(runs(other)) && key.isPresent()) {
      assertThat(key).isNotEqualTo(otherKey);
    }
  }

  /** What the parts say: texts that follow one another are one, and white space says nothing. */
  private static String runs(List<String> contents) {
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
  void keysMayComeInAnyOrder(@ForAll("bodies") ObjectNode body, @ForAll long seed) {
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

  /** A place somewhere in a body and what to do there. */
  private record Change(String name, ObjectNode body) {}

  /**
   * One leaf changed, one field removed or one field added, anywhere outside of what is ignored.
   */
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
    ObjectNode place = objects.get(index);
    List<String> names = new ArrayList<>();
    place.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> isTop && isIrrelevant(name, copy));
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(3)) {
      case 0 -> place.put("x_added", random.nextInt());
      case 1 -> place.set(name, other(place.get(name)));
      default -> {
        if (isTop && Set.of("messages", "input").contains(name)) {
          place.put("x_added", true);
        } else {
          place.remove(name);
        }
      }
    }
    return new Change(name, copy);
  }

  private static void collect(JsonNode node, List<ObjectNode> into, boolean isTop) {
    if (node instanceof ObjectNode object) {
      into.add(object);
      object.properties().stream()
          .filter(field -> !isTop || !isIrrelevant(field.getKey(), object))
          .forEach(field -> collect(field.getValue(), into, false));
    } else {
      node.forEach(element -> collect(element, into, false));
    }
  }

  @Property(tries = 2000)
  void changeOfAnythingThatMattersIsAnotherRequest(@ForAll("changes") Change change) {
    String original = change.body().has("messages") ? CHAT : RESPONSE;

    assertThat(queryOf(OpenAiJson.text(change.body())).map(Query::key))
        .as(change.name())
        .isNotEqualTo(Optional.of(keyOf(parse(original))));
  }
}
