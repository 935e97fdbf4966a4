package io.github.semcache.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The value of an option that contains a name and a value, separated by the first {@code =}.
 *
 * @param name the name; not empty
 * @param value the value; may be empty
 */
record NameAndValue(String name, String value) {

  /** Returns the values by name, in the order of the options. The last value of a name applies. */
  static Map<String, String> toMap(Collection<NameAndValue> options) {
    Map<String, String> map = new LinkedHashMap<>();
    options.forEach(option -> map.put(option.name, option.value));
    return map;
  }

  @Override
  public String toString() {
    return name + "=" + value;
  }

  /** Parses an option. */
  static final class Converter implements ITypeConverter<NameAndValue> {
    @Override
    public NameAndValue convert(String option) {
      int separator = option.indexOf('=');
      if (separator < 1) {
        throw new TypeConversionException(
            "'" + option + "'; it must be a name and a value, separated by =");
      }
      return new NameAndValue(option.substring(0, separator), option.substring(separator + 1));
    }
  }
}
