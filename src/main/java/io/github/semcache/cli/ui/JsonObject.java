package io.github.semcache.cli.ui;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A JSON object of a request. A field that is null counts as absent.
 *
 * @param node the object
 */
record JsonObject(JsonNode node) {

  /** Returns a text that must be present and not blank. */
  String text(String name, int maxCharacters) {
    return optionalText(name, maxCharacters)
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new HttpFailure(HttpFailure.BAD_REQUEST, name + " is missing or blank"));
  }

  Optional<String> optionalText(String name, int maxCharacters) {
    Optional<JsonNode> value = value(name);
    if (value.filter(found -> !found.isTextual()).isPresent()) {
      throw new HttpFailure(HttpFailure.BAD_REQUEST, name + " is not a text");
    }
    Optional<String> text = value.map(JsonNode::textValue);
    if (text.filter(found -> found.length() > maxCharacters).isPresent()) {
      throw new HttpFailure(
          HttpFailure.BAD_REQUEST, name + " has more than " + maxCharacters + " characters");
    }
    return text;
  }

  /** Returns a number in a range, or empty if it is absent. */
  OptionalDouble number(String name, double min, double max) {
    Optional<JsonNode> value = value(name);
    if (value.isEmpty()) {
      return OptionalDouble.empty();
    }
    double number = value.get().isNumber() ? value.get().doubleValue() : Double.NaN;
    if (!(number >= min && number <= max)) {
      throw new HttpFailure(
          HttpFailure.BAD_REQUEST, name + " must be a number between " + min + " and " + max);
    }
    return OptionalDouble.of(number);
  }

  private Optional<JsonNode> value(String name) {
    return Optional.ofNullable(node.get(name)).filter(value -> !value.isNull());
  }
}
