package io.github.semcache.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import io.github.semcache.internal.json.AnswerCheck;
import io.github.semcache.internal.json.AnswerFormat;
import io.github.semcache.internal.json.LiveData;
import io.github.semcache.prompt.QuestionFinder;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads what a request of LangChain4j says about a complete answer. */
final class AnswerChecks {
  private static final JsonMapper JSON = new JsonMapper();

  /** The beginning of the instructions of {@code AiServices} for models without a JSON option. */
  private static final String JSON_INSTRUCTIONS =
      "\nYou must answer strictly in the following JSON format: ";

  /** The accessor for additional fields of the request to an OpenAI-compatible service. */
  private static final String CUSTOM_PARAMETERS = "customParameters";

  private AnswerChecks() {}

  static AnswerCheck of(ChatRequestParameters parameters, QuestionFinder.Question question) {
    return new AnswerCheck(
        format(parameters.responseFormat(), question),
        LiveData.isRequested(fields(parameters)),
        maxTokens(parameters.maxOutputTokens()));
  }

  private static AnswerFormat format(
      @Nullable ResponseFormat responseFormat, QuestionFinder.Question question) {
    if (responseFormat != null && responseFormat.type() == ResponseFormatType.JSON) {
      return responseFormat.jsonSchema() == null
          ? AnswerFormat.textWithJson()
          : AnswerFormat.schema(SchemaConverter.toJson(responseFormat.jsonSchema().rootElement()));
    }
    boolean isInstructed =
        question.context().stream().anyMatch(text -> text.contains(JSON_INSTRUCTIONS))
            || question.text().contains(JSON_INSTRUCTIONS);
    return isInstructed ? AnswerFormat.textWithJson() : AnswerFormat.text();
  }

  private static OptionalLong maxTokens(@Nullable Integer limit) {
    return limit == null ? OptionalLong.empty() : OptionalLong.of(limit);
  }

  private static JsonNode fields(ChatRequestParameters parameters) {
    Map<?, ?> custom = Map.of();
    try {
      if (parameters.getClass().getMethod(CUSTOM_PARAMETERS).invoke(parameters)
          instanceof Map<?, ?> map) {
        custom = map;
      }
    } catch (NoSuchMethodException | IllegalAccessException e) {
      custom = Map.of(); // The provider has no such parameters.
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(CUSTOM_PARAMETERS + " failed", e.getCause());
    }
    ObjectNode fields = JSON.valueToTree(custom);
    return fields.has("model") ? fields : fields.put("model", parameters.modelName());
  }
}
