package io.github.semcache.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Detects answers that depend on live data, such as web search, file search, code execution, MCP
 * servers, and computer use, in the API of OpenAI and of compatible services. Such answers become
 * outdated, so they are not stored by default. This class is thread-safe.
 */
public final class LiveData {
  /** Options of requests: OpenAI, xAI, Qwen, Mistral and Zhipu, Perplexity. */
  private static final Set<String> SEARCH_OPTIONS =
      Set.of(
          "web_search_options",
          "search_parameters",
          "enable_search",
          "web_search",
          "search_recency_filter",
          "search_domain_filter");

  /** Fields of answers: Perplexity, xAI, Groq. */
  private static final Set<String> SOURCES = Set.of("citations", "search_results");

  /** Tools that the client executes, so that the request contains their results. */
  private static final Set<String> CLIENT_TOOLS = Set.of("", "function", "custom");

  /** Names of models that always search: OpenAI, OpenRouter, Perplexity, Groq. */
  private static final Pattern SEARCH_MODEL =
      Pattern.compile("-search-(preview|api)|:online$|(^|/)sonar|(^|/)compound");

  private static final Set<String> OUTPUT_PREFIXES =
      Set.of("web_search_", "file_search_", "code_interpreter_", "mcp_", "computer_");

  private LiveData() {}

  /**
   * Returns whether a chat completion request lets the service use live data.
   *
   * @param request the body of the request
   * @return whether it has an option, a tool, or a model of this kind
   */
  public static boolean isRequested(JsonNode request) {
    for (String name : SEARCH_OPTIONS) {
      if (isEnabled(request.path(name))) {
        return true;
      }
    }
    for (JsonNode tool : request.path("tools")) {
      if (!CLIENT_TOOLS.contains(tool.path("type").asText())) {
        return true;
      }
    }
    for (JsonNode plugin : request.path("plugins")) {
      if (plugin.path("id").asText().equals("web")) {
        return true;
      }
    }
    return (request.path("extra_body").isObject() && isRequested(request.path("extra_body")))
        || SEARCH_MODEL.matcher(request.path("model").asText()).find();
  }

  private static boolean isEnabled(JsonNode option) {
    boolean isAbsent = option.isMissingNode() || option.isNull();
    boolean isOff = option.isBoolean() && !option.booleanValue();
    return !isAbsent && !isOff && !option.path("mode").asText().equals("off");
  }

  /**
   * Returns whether an output item of a response is the use of a tool that the service executes.
   *
   * @param item an element of {@code output}
   * @return whether its type is of this kind
   */
  public static boolean isUsedIn(JsonNode item) {
    String type = item.path("type").asText();
    return OUTPUT_PREFIXES.stream().anyMatch(type::startsWith);
  }

  /**
   * Returns whether an answer, a message, or a part of a message names the sources that the service
   * consulted.
   *
   * @param answer a JSON object
   * @return whether it has citations, search results, or executed tools
   */
  public static boolean isCitedIn(JsonNode answer) {
    for (JsonNode annotation : answer.path("annotations")) {
      if (annotation.path("type").asText().endsWith("citation")) {
        return true;
      }
    }
    return !answer.path("executed_tools").isEmpty()
        || SOURCES.stream().anyMatch(name -> !answer.path(name).isEmpty());
  }
}
