package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.prompt.Query;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Requests are equal for the cache unless a relevant part differs. */
final class RequestEqualityPropertyTest extends RequestEqualityFixture {
  /** Texts and images, at least one of them a text that is not blank. */
  private static List<String> contents(Values values) {
    return values.listOf(
        1, 6, () -> values.oneOf("", "damaged", "Which one?", "image a", "image b"));
  }

  @Property
  void positionOfTextsBetweenImagesIsRelevant(Values values) {
    List<String> one = contents(values);
    List<String> other = contents(values);
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

  private static ObjectNode body(Values values) {
    return parse(values.oneOf(CHAT, RESPONSE));
  }

  @Property(tries = 300)
  void orderOfKeysIsIrrelevant(Values values) {
    ObjectNode body = body(values);

    assertThat(keyOf((ObjectNode) shuffled(body, values))).isEqualTo(keyOf(body));
  }

  private static JsonNode shuffled(JsonNode node, Values values) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(element -> copy.add(shuffled(element, values)));
      return copy;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    ObjectNode copy = object.objectNode();
    values.permutationOf(names).forEach(name -> copy.set(name, shuffled(object.get(name), values)));
    return copy;
  }

  /** A request body in which one field was modified, added, or removed. */
  private record Change(String name, ObjectNode body) {}

  /** Returns a body with one modified, removed, or added field that is not ignored. */
  private static Change change(Values values) {
    ObjectNode copy = body(values);
    List<ObjectNode> objects = new ArrayList<>();
    collect(copy, objects, true);
    int index = values.intBetween(0, objects.size() - 1);
    boolean isTop = index == 0;
    ObjectNode object = objects.get(index);
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> isTop && isIgnored(name, copy));
    String name = values.oneOf(names);
    switch (values.intBetween(0, 2)) {
      case 0 -> object.put("x_added", values.anyInt());
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
  void modifiedRequestIsNotEqual(Values values) {
    Change change = change(values);
    String original = change.body().has("messages") ? CHAT : RESPONSE;

    assertThat(queryOf(OpenAiJson.text(change.body())).map(Query::key))
        .as(change.name())
        .isNotEqualTo(Optional.of(keyOf(parse(original))));
  }
}
