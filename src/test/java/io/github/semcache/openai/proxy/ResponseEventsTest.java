package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.JsonValue;
import com.openai.models.responses.ResponseStreamEvent;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The replay of a response has every type of event with which the service streams it. */
class ResponseEventsTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Events that no response with the status {@code completed} has, or whose content is lost. */
  private static final Set<String> OTHERS =
      Set.of(
          // Of other states, or of background responses, which are not cached.
          "error",
          "failed",
          "incomplete",
          "queued",
          // No item of a response contains audio.
          "audioDelta",
          "audioDone",
          "audioTranscriptDelta",
          "audioTranscriptDone",
          // Previews of an image. The response contains only the image.
          "imageGenerationCallPartialImage");

  private static final String ITEMS =
      """
      [{"type":"reasoning","id":"1","summary":[{"type":"summary_text","text":"Short."}],
        "content":[{"type":"reasoning_text","text":"Long."}]},
       {"type":"web_search_call","id":"2","status":"completed",
        "action":{"type":"search","query":"q"}},
       {"type":"file_search_call","id":"3","status":"completed","queries":["q"]},
       {"type":"code_interpreter_call","id":"4","status":"completed","container_id":"c",
        "code":"1","outputs":[]},
       {"type":"image_generation_call","id":"5","status":"completed","result":"aW1hZ2U="},
       {"type":"mcp_list_tools","id":"6","server_label":"s","tools":[]},
       {"type":"mcp_list_tools","id":"7","server_label":"s","tools":[],"error":"down"},
       {"type":"mcp_call","id":"8","server_label":"s","name":"n","arguments":"{}","output":"o"},
       {"type":"mcp_call","id":"9","server_label":"s","name":"n","arguments":"{}",
        "error":{"type":"http_error","code":500,"message":"down"}},
       {"type":"function_call","id":"10","call_id":"c","name":"n","arguments":"{}"},
       {"type":"custom_tool_call","id":"11","call_id":"c","name":"n","input":"i"},
       {"type":"shell_call","id":"12","call_id":"c","status":"completed","environment":null,
        "action":{"commands":["ls","pwd"],"timeout_ms":1,"max_output_length":1}},
       {"type":"shell_call_output","id":"13","call_id":"c","status":"completed",
        "max_output_length":1,
        "output":[{"stdout":"a","stderr":"","outcome":{"type":"exit","exit_code":0}}]},
       {"type":"compaction","id":"14","encrypted_content":"x"},
       {"type":"message","id":"15","role":"assistant","status":"completed","content":[
         {"type":"output_text","text":"Paris.","annotations":[
           {"type":"url_citation","url":"http://localhost","title":"t","start_index":0,
            "end_index":1}]},
         {"type":"refusal","refusal":"No."}]}]""";

  private static List<ResponseStreamEvent> replay() throws JsonProcessingException {
    ObjectNode response =
        (ObjectNode)
            MAPPER.readTree(
                """
                {"id":"resp_1","object":"response","created_at":1,"model":"gpt-4o",
                 "status":"completed","parallel_tool_calls":true,"tool_choice":"auto","tools":[],
                 "error":null,"incomplete_details":null,"instructions":null,"metadata":{},
                 "temperature":1,"top_p":1,"usage":null}""");
    response.set("output", MAPPER.readTree(ITEMS));
    List<ResponseStreamEvent> events = new ArrayList<>();
    for (String line : ResponseEvents.of(response).lines().toList()) {
      if (line.startsWith("data: {")) {
        JsonNode event = MAPPER.readTree(line.substring("data: ".length()));
        events.add(JsonValue.fromJsonNode(event).convert(ResponseStreamEvent.class));
      }
    }
    return events;
  }

  @Test
  void replayHasEveryTypeOfEventThatTheSdkKnows() throws Exception {
    Set<String> replayed = new TreeSet<>();
    for (ResponseStreamEvent event : replay()) {
      for (Method type : types()) {
        if (((Optional<?>) type.invoke(event)).isPresent()) {
          replayed.add(type.getName());
        }
      }
    }

    Set<String> expected =
        types().stream().map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
    expected.removeAll(OTHERS);
    assertThat(replayed).isEqualTo(expected);
  }

  private static List<Method> types() {
    return Arrays.stream(ResponseStreamEvent.class.getMethods())
        .filter(method -> method.getParameterCount() == 0)
        .filter(method -> method.getReturnType() == Optional.class)
        .filter(method -> !method.getName().startsWith("_"))
        .toList();
  }

  @Test
  void everyEventIsValidForTheSdk() throws Exception {
    List<ResponseStreamEvent> events = replay();

    assertThat(events).allSatisfy(ResponseStreamEvent::validate);
    assertThat(events.get(0).isCreated()).isTrue();
    assertThat(events.get(events.size() - 1).isCompleted()).isTrue();
  }
}
