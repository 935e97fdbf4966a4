package io.github.semcache.bench;

import static java.util.Objects.requireNonNull;

import io.github.semcache.evaluation.LabeledPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Synthetic traffic that is difficult for a semantic cache: the answers to similar prompts differ
 * by a city, an hour, or a name. A prompt is a template with values for its slots. Its label is the
 * intent of the template, and optionally the values. The same seed gives the same stream.
 *
 * @param name the name of the stream
 * @param templates the templates, with slots in braces
 * @param values the values of each slot by its name; a digit at the end of the name is ignored
 * @param skew the exponent of the Zipf distribution of the values: the n-th value of a list has the
 *     weight n to the power of −skew, so 0 is a uniform distribution
 * @param labelsHaveSlots whether the label includes the values of the slots
 */
record TemplatedTraffic(
    String name,
    List<Template> templates,
    Map<String, List<String>> values,
    double skew,
    boolean labelsHaveSlots) {
  private static final Pattern SLOT = Pattern.compile("\\{([a-z]+)(\\d?)}");

  private static final List<String> CITIES =
      List.of(
          "boston, denver, atlanta, san francisco, dallas, pittsburgh, baltimore, philadelphia,"
              .concat(" washington, oakland, new york, chicago, miami, seattle, phoenix, detroit,")
              .concat(" houston, memphis, orlando, cleveland, las vegas, toronto, milwaukee,")
              .concat(" charlotte, tampa, st. louis, kansas city, nashville, burbank, long beach")
              .split(", ?", -1));

  private static final Map<String, List<String>> VALUES =
      Map.ofEntries(
          Map.entry("city", CITIES),
          list("day", "monday, tuesday, wednesday, thursday, friday, saturday, sunday"),
          list("when", "today, tomorrow, this weekend, next week, on monday, on friday, tonight"),
          list(
              "hour",
              "5 am, 6 am, 7 am, 8 am, 9 am, 10 am, 11 am, noon, 1 pm, 2 pm, 4 pm, 5:30 pm, 6 pm,"
                  + " 7 pm, 8:15 pm, 9 pm, 10 pm"),
          list("part", "in the morning, in the afternoon, in the evening, at night, before noon"),
          list(
              "airline",
              "delta, united, american airlines, southwest, continental, lufthansa, us air, twa,"
                  + " northwest, canadian airlines, midwest express"),
          list("class", "first class, coach, business class, economy"),
          list("code", "ap/57, ea, hp, yn, bur, ff, dc10, 757, d9s, qx, ch, sa, q, y, h, m80"),
          list("room", "kitchen, bedroom, living room, bathroom, hallway, garage, office, porch"),
          list("switch", "on, off"),
          list("level", "10, 20, 25, 40, 50, 60, 75, 80, 90, 100"),
          list("minutes", "2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 45, 60, 90"),
          list(
              "artist",
              "queen, adele, the beatles, miles davis, madonna, prince, abba, nina simone, radiohead,"
                  + " bob dylan, david bowie, beyonce, coldplay, mozart, daft punk, johnny cash"),
          list(
              "genre", "jazz, rock, classical, blues, techno, folk, hip hop, country, soul, metal"),
          list(
              "task",
              "call mom, buy milk, pay the rent, water the plants, take my pills, feed the cat, walk"
                  + " the dog, submit the report, book the dentist, renew the passport"),
          list("amount", "5, 10, 20, 50, 75, 100, 150, 200, 250, 500, 1000, 2500"),
          list("currency", "dollars, euros, pounds, yen, swiss francs, rupees, pesos, kroner"),
          list(
              "country",
              "france, germany, spain, italy, japan, brazil, canada, mexico, egypt, kenya, india,"
                  + " china, australia, norway, sweden, poland, greece, turkey, peru, chile, cuba,"
                  + " portugal, ireland, finland, denmark, austria, hungary, thailand, vietnam,"
                  + " morocco"),
          list(
              "dish",
              "rice, quinoa, salmon, lasagna, pancakes, lentil soup, risotto, roast chicken, chili,"
                  + " brownies, banana bread, scrambled eggs, pizza dough, apple pie, pad thai,"
                  + " curry, meatballs, hummus, guacamole, sourdough"),
          list(
              "topic",
              "java, python, rust, docker, kubernetes, git, linux, sql, excel, photoshop, piano,"
                  + " guitar, chess, yoga, german, french, calculus, statistics, economics,"
                  + " photography"),
          list("phone", "iphone, pixel, galaxy, ipad, macbook, kindle, android phone, smart tv"));

  private static final List<Template> TRAVEL =
      templates(
          """
          flight: show me flights from {city} to {city2}
          flight: flights from {city} to {city2}
          flight: i need a flight from {city} to {city2}
          flight: what flights go from {city} to {city2}
          flight: i want to fly from {city} to {city2}
          flight: list all flights leaving {city} and arriving in {city2}
          flight-day: flights from {city} to {city2} on {day}
          flight-day: show me the flights on {day} from {city} to {city2}
          flight-day: i would like to leave {city} for {city2} on {day}
          flight-part: flights from {city} to {city2} {part}
          flight-part: which flights leave {city} {part} and go to {city2}
          flight-hour: show flights from {city} to {city2} leaving after {hour}
          flight-hour: flights from {city} to {city2} departing after {hour}
          flight-before: show flights from {city} to {city2} arriving before {hour}
          flight-airline: {airline} flights from {city} to {city2}
          flight-airline: what {airline} flights are there from {city} to {city2}
          fare: how much is a {class} ticket from {city} to {city2}
          fare: what is the {class} fare from {city} to {city2}
          fare: show me {class} fares between {city} and {city2}
          ground: what ground transportation is there in {city}
          ground: show me ground transportation in {city}
          ground: how do i get from the airport to downtown {city}
          abbreviation: what does {code} mean
          abbreviation: what is {code}
          abbreviation: what does the code {code} stand for
          airline-serves: which airlines fly to {city}
          airline-serves: what airlines serve {city}
          """);

  private static final List<Template> ASSISTANT =
      templates(
          """
          weather: what is the weather in {city} {when}
          weather: how is the weather going to be in {city} {when}
          weather: give me the forecast for {city} {when}
          rain: will it rain in {city} {when}
          rain: do i need an umbrella in {city} {when}
          rain: is there any rain expected {when} in {city}
          alarm: set an alarm for {hour}
          alarm: wake me up at {hour}
          alarm: please wake me at {hour}
          alarm: i need an alarm at {hour}
          alarm-day: set an alarm for {hour} on {day}
          alarm-day: wake me up on {day} at {hour}
          cancel-alarm: cancel my {hour} alarm
          cancel-alarm: delete the alarm at {hour}
          cancel-alarm: turn off the alarm that is set for {hour}
          timer: set a timer for {minutes} minutes
          timer: start a {minutes} minute timer
          timer: count down {minutes} minutes
          lights: turn {switch} the {room} lights
          lights: switch {switch} the lights in the {room}
          lights: {room} lights {switch} please
          dim: dim the {room} lights to {level} percent
          dim: set the lights in the {room} to {level}%
          play-artist: play something by {artist}
          play-artist: i want to hear {artist}
          play-artist: put on some music by {artist}
          play-genre: play some {genre} music
          play-genre: put on {genre}
          play-genre: i feel like listening to {genre}
          remind: remind me to {task} {when}
          remind: set a reminder to {task} {when}
          remind: don't let me forget to {task} {when}
          remind-hour: remind me to {task} at {hour}
          remind-hour: at {hour} i have to {task}, remind me
          convert: how much is {amount} {currency} in {currency2}
          convert: convert {amount} {currency} to {currency2}
          convert: what are {amount} {currency} worth in {currency2}
          """);

  private static final List<Template> QUESTIONS =
      templates(
          """
          capital: what is the capital of {country}
          capital: which city is the capital of {country}
          capital: {country} capital city name
          population: what is the population of {country}
          population: how many people live in {country}
          population: number of inhabitants of {country}
          currency: what currency is used in {country}
          currency: which money do they use in {country}
          visit: what is the best time to visit {country}
          visit: when should i travel to {country}
          visit: best season for a trip to {country}
          visa: do i need a visa for {country}
          visa: is a visa required to enter {country}
          move: how do i move from {country} to {country2}
          move: what does it take to emigrate from {country} to {country2}
          compare: is {country} bigger than {country2}
          compare: which is larger, {country} or {country2}
          cook: how do i cook {dish}
          cook: what is the best way to make {dish}
          cook: {dish} recipe for beginners
          calories: how many calories are in {dish}
          calories: is {dish} high in calories
          freeze: can i freeze {dish}
          freeze: does {dish} freeze well
          learn: how can i learn {topic}
          learn: what is the best way to learn {topic}
          learn: where should a beginner start with {topic}
          learn: how do i get started with {topic}
          hours: how long does it take to learn {topic}
          hours: how many months do i need to get good at {topic}
          book: what are the best books on {topic}
          book: can you recommend a book about {topic}
          versus: should i learn {topic} or {topic2} first
          versus: which is easier, {topic} or {topic2}
          reset: how do i reset my {phone}
          reset: what is the way to factory reset a {phone}
          battery: why does my {phone} battery drain so fast
          battery: my {phone} runs out of power quickly, why
          screen: how do i take a screenshot on a {phone}
          screen: what is the shortcut for capturing the screen of my {phone}
          """);

  private static Map.Entry<String, List<String>> list(String slot, String values) {
    return Map.entry(slot, List.of(values.split(", ?", -1)));
  }

  /**
   * A template.
   *
   * @param intent the intent
   * @param text the text with slots
   */
  record Template(String intent, String text) {}

  private static List<Template> templates(String lines) {
    return lines
        .lines()
        .map(line -> line.split(": ", 2))
        .map(parts -> new Template(parts[0], parts[1]))
        .toList();
  }

  /** Returns the streams of {@link ErrorBudgetStudy}. */
  static List<TemplatedTraffic> all() {
    return List.of(
        new TemplatedTraffic("travel", TRAVEL, VALUES, 1, true),
        new TemplatedTraffic("travel, few repeats", TRAVEL, VALUES, 0, true),
        new TemplatedTraffic("assistant", ASSISTANT, VALUES, 0.5, true),
        new TemplatedTraffic("assistant, intents only", ASSISTANT, VALUES, 0.5, false),
        new TemplatedTraffic("questions, skewed", QUESTIONS, VALUES, 1, true),
        new TemplatedTraffic("questions, even", QUESTIONS, VALUES, 0, true));
  }

  List<LabeledPrompt> prompts(int count, long seed) {
    Random random = new Random(seed);
    List<LabeledPrompt> prompts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      prompts.add(prompt(templates.get(random.nextInt(templates.size())), random));
    }
    return prompts;
  }

  private LabeledPrompt prompt(Template template, Random random) {
    List<String> used = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    Matcher slot = SLOT.matcher(template.text());
    Map<String, String> bySlot = new TreeMap<>();
    while (slot.find()) {
      String value = value(requireNonNull(values.get(slot.group(1)), "values"), used, random);
      used.add(value);
      bySlot.put(slot.group(), value);
      slot.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    slot.appendTail(text);
    return LabeledPrompt.of(
        text.toString(), labelsHaveSlots ? template.intent() + bySlot : template.intent());
  }

  /** Returns a random value that another slot of the prompt does not have. */
  private String value(List<String> choices, List<String> used, Random random) {
    double[] weights = new double[choices.size()];
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = used.contains(choices.get(i)) ? 0 : Math.pow(i + 1, -skew);
      total += weights[i];
    }
    double remaining = random.nextDouble() * total;
    int chosen = 0;
    for (int i = 0; i < weights.length && remaining >= 0; i++) {
      remaining -= weights[i];
      chosen = weights[i] > 0 ? i : chosen;
    }
    return choices.get(chosen);
  }
}
