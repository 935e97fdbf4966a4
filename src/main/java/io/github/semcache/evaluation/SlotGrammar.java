package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Generates requests with slots, such as "flights from boston to denver on monday", with labels by
 * construction: two requests have the same label if they have the same intent and the same values
 * of all slots.
 *
 * <p>The grammar is a text with one entry per line. Lines that start with {@code #} are comments.
 *
 * <pre>
 * show = show me|list|what are        wordings with the same meaning, used as %show
 * day: monday, tuesday                the values of a slot, used as [day]
 * domain flights                      starts a domain; entries before it belong to all domains
 * intent list                         starts an intent
 * - %show {the|} flights to [city]    a template; {a|b} is a choice that does not change the answer
 * + on [day]                          an optional part at the end, which is a slot of its own
 * </pre>
 *
 * <p>{@code [city#2]} is a second value of the slot {@code city} in another role. The result
 * depends only on the grammar and the seed. SlotGrammar is immutable and thread-safe.
 */
public final class SlotGrammar {
  private static final Pattern SLOT = Pattern.compile("\\[([a-z0-9]+)(#2)?]");
  private static final Pattern CHOICE = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern MACRO = Pattern.compile("%([a-z]+)");
  private static final int MAX_WORDINGS = 3;
  private static final int MAX_TRIES = 50;

  private final List<Intent> intents = new ArrayList<>();
  private final Map<String, Map<String, List<String>>> valuesByDomain = new LinkedHashMap<>();
  private final Map<String, String> macros = new TreeMap<>();

  private record Intent(String domain, String name, List<String> templates, List<String> parts) {}

  private SlotGrammar() {
    valuesByDomain.put("", new TreeMap<>());
  }

  /**
   * Parses a grammar.
   *
   * @param text the grammar
   * @return the grammar
   * @throws IllegalArgumentException if a line is malformed, or if a template uses an unknown name
   */
  public static SlotGrammar parse(String text) {
    SlotGrammar grammar = new SlotGrammar();
    String domain = "";
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.startsWith("domain ")) {
        domain = line.substring(7).strip();
        grammar.valuesByDomain.put(domain, new TreeMap<>());
      } else if (!line.isBlank() && !line.startsWith("#") && !grammar.add(domain, line)) {
        throw new IllegalArgumentException("line " + number + " of the grammar is malformed");
      }
    }
    grammar.check();
    return grammar;
  }

  private boolean add(String domain, String line) {
    if (line.startsWith("intent ")) {
      intents.add(
          new Intent(domain, line.substring(7).strip(), new ArrayList<>(), new ArrayList<>()));
      return !domain.isEmpty();
    }
    if (line.startsWith("- ") || line.startsWith("+ ")) {
      if (intents.isEmpty()) {
        return false;
      }
      Intent intent = intents.get(intents.size() - 1);
      return (line.charAt(0) == '-' ? intent.templates() : intent.parts())
          .add(line.substring(2).strip());
    }
    int equals = line.indexOf(" = ");
    if (equals > 0) {
      macros.put(line.substring(0, equals), "{" + line.substring(equals + 3) + "}");
      return true;
    }
    int colon = line.indexOf(": ");
    if (colon > 0) {
      requireNonNull(valuesByDomain.get(domain))
          .put(line.substring(0, colon), List.of(line.substring(colon + 2).split(", ")));
    }
    return colon > 0;
  }

  private void check() {
    for (Intent intent : intents) {
      if (intent.templates().isEmpty()) {
        throw new IllegalArgumentException("intent " + intent.name() + " has no template");
      }
      intent.templates().forEach(line -> check(intent, line));
      intent.parts().forEach(line -> check(intent, line));
    }
  }

  private void check(Intent intent, String line) {
    for (MatchResult macro : MACRO.matcher(line).results().toList()) {
      if (!macros.containsKey(macro.group(1))) {
        throw new IllegalArgumentException(macro.group() + " is not defined");
      }
    }
    SLOT.matcher(line).results().forEach(slot -> values(intent.domain(), slot.group(1)));
  }

  private List<String> values(String domain, String slot) {
    List<String> values = requireNonNull(valuesByDomain.get(domain)).get(slot);
    if (values == null) {
      values = requireNonNull(valuesByDomain.get("")).get(slot);
    }
    if (values == null) {
      throw new IllegalArgumentException("slot " + slot + " of " + domain + " has no values");
    }
    return values;
  }

  /**
   * Returns the names of the domains.
   *
   * @return the names in the order of the grammar
   */
  public List<String> domains() {
    return intents.stream().map(Intent::domain).distinct().toList();
  }

  /**
   * Generates requests of one domain.
   *
   * @param domain the name of the domain
   * @param count the number of requests
   * @param seed the seed of all random choices
   * @return the requests; each combination of slot values has up to three wordings. They are fewer
   *     than {@code count} if most combinations have the same value in two slots
   * @throws IllegalArgumentException if the domain is unknown
   */
  public List<LabeledPrompt> prompts(String domain, int count, long seed) {
    List<Intent> own = intents.stream().filter(intent -> intent.domain().equals(domain)).toList();
    if (own.isEmpty()) {
      throw new IllegalArgumentException("domain " + domain + " is unknown");
    }
    SplittableRandom random = new SplittableRandom(seed ^ domain.hashCode());
    List<LabeledPrompt> prompts = new ArrayList<>();
    for (int i = 0; i < MAX_TRIES * count && prompts.size() < count; i++) {
      Frame frame = new Frame(own.get(random.nextInt(own.size())), random);
      int wordings = 1 + random.nextInt(MAX_WORDINGS);
      for (int j = 0; j < wordings && prompts.size() < count; j++) {
        frame.render(random).ifPresent(prompts::add);
      }
    }
    return prompts;
  }

  /** An intent with values of some slots. */
  private final class Frame {
    private final Intent intent;
    private final Map<String, String> slots = new TreeMap<>();
    private final List<String> parts = new ArrayList<>();

    Frame(Intent intent, SplittableRandom random) {
      this.intent = intent;
      String template = pick(intent.templates(), random);
      fill(template, random);
      int count = intent.parts().isEmpty() ? 0 : random.nextInt(3);
      for (int i = 0; i < count; i++) {
        String part = pick(intent.parts(), random);
        if (!parts.contains(part)) {
          parts.add(part);
          slots.put("+" + intent.parts().indexOf(part), "");
          fill(part, random);
        }
      }
    }

    private void fill(String text, SplittableRandom random) {
      SLOT.matcher(text)
          .results()
          .forEach(
              slot -> {
                List<String> values = values(intent.domain(), slot.group(1));
                // A few values are frequent, as in real traffic.
                int index = (int) (values.size() * Math.pow(random.nextDouble(), 1.7));
                slots.putIfAbsent(slot.group(), values.get(index));
              });
    }

    /** Renders the frame; empty if no template fits, or if two slots have the same value. */
    Optional<LabeledPrompt> render(SplittableRandom random) {
      List<String> fitting = intent.templates().stream().filter(this::fits).toList();
      List<String> values = slots.values().stream().filter(value -> !value.isEmpty()).toList();
      if (fitting.isEmpty() || Set.copyOf(values).size() != values.size()) {
        return Optional.empty();
      }
      List<String> lines = new ArrayList<>(parts);
      if (lines.size() > 1 && random.nextBoolean()) {
        Collections.reverse(lines);
      }
      lines.add(0, pick(fitting, random));
      String text = expand(String.join(" ", lines), random);
      String label = intent.domain() + " " + intent.name() + " " + slots;
      return Optional.of(LabeledPrompt.of(style(text, random), label));
    }

    /** Returns whether a template has exactly the slots that the parts do not have. */
    private boolean fits(String template) {
      List<String> expected = new ArrayList<>(slots.keySet());
      expected.removeIf(slot -> slot.startsWith("+"));
      parts.forEach(part -> expected.removeAll(slotsOf(part)));
      List<String> found = slotsOf(template);
      return found.containsAll(expected) && slots.keySet().containsAll(found);
    }

    private String expand(String text, SplittableRandom random) {
      String macrosDone = MACRO.matcher(text).replaceAll(m -> quote(macros.get(m.group(1))));
      String choicesDone =
          CHOICE
              .matcher(macrosDone)
              .replaceAll(m -> quote(pick(List.of(m.group(1).split("\\|", -1)), random)));
      String slotsDone = SLOT.matcher(choicesDone).replaceAll(m -> quote(slots.get(m.group())));
      return slotsDone.strip().replaceAll(" +", " ");
    }

    private String quote(@Nullable String text) {
      return Matcher.quoteReplacement(requireNonNull(text));
    }
  }

  private static List<String> slotsOf(String text) {
    return SLOT.matcher(text).results().map(MatchResult::group).toList();
  }

  /** Adds a capital or a final mark to a third of the requests. */
  private static String style(String text, SplittableRandom random) {
    int style = random.nextInt(9);
    String styled =
        style % 3 == 0 ? text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) : text;
    return style == 0 ? styled + "." : style == 1 ? styled + "?" : styled;
  }

  private static String pick(List<String> list, SplittableRandom random) {
    return list.get(random.nextInt(list.size()));
  }
}
