package io.github.semcache.micrometer;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatClient.Observer.NamedFailure;
import io.github.semcache.chat.ChatReply;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.Propagator;
import io.micrometer.observation.transport.SenderContext;
import java.util.Locale;

/** An observation of one model call. */
record ObservedModelCall(Observation observation) implements ChatClient.Observer.Call {
  /** Does nothing: the HTTP client of the model propagates the trace. */
  private static final Propagator.Setter<Object> NO_PROPAGATION = (carrier, key, value) -> {};

  // These keys are always present, because all meters with the same name need the same tag keys.
  private static final String RESPONSE_MODEL = "gen_ai.response.model";
  private static final String FINISH_REASONS = "gen_ai.response.finish_reasons";
  private static final String ERROR_TYPE = "error.type";

  static ObservedModelCall begin(String provider, String model, ObservationRegistry registry) {
    return new ObservedModelCall(
        Observation.createNotStarted(
                "gen_ai.client.operation",
                () -> new SenderContext<>(NO_PROPAGATION, Kind.CLIENT),
                registry)
            .contextualName("chat " + model)
            .lowCardinalityKeyValue("gen_ai.operation.name", "chat")
            .lowCardinalityKeyValue("gen_ai.provider.name", provider)
            .lowCardinalityKeyValue("gen_ai.request.model", model)
            .lowCardinalityKeyValue(RESPONSE_MODEL, KeyValue.NONE_VALUE)
            .lowCardinalityKeyValue(FINISH_REASONS, KeyValue.NONE_VALUE)
            .lowCardinalityKeyValue(ERROR_TYPE, KeyValue.NONE_VALUE)
            .start());
  }

  @Override
  public ChatClient.Observer.Scope open() {
    Observation.Scope scope = observation.openScope();
    return scope::close;
  }

  @Override
  public void answered(ChatReply reply) {
    reply.model().ifPresent(model -> observation.lowCardinalityKeyValue(RESPONSE_MODEL, model));
    observation.lowCardinalityKeyValue(
        FINISH_REASONS, reply.finishReason().name().toLowerCase(Locale.ROOT));
    reply
        .usage()
        .ifPresent(
            usage ->
                observation
                    .highCardinalityKeyValue(
                        "gen_ai.usage.input_tokens", Long.toString(usage.inputTokens()))
                    .highCardinalityKeyValue(
                        "gen_ai.usage.output_tokens", Long.toString(usage.outputTokens())));
    observation.stop();
  }

  @Override
  public void failed(Throwable failure) {
    observation.lowCardinalityKeyValue(
        ERROR_TYPE,
        failure instanceof NamedFailure named ? named.failureName() : failure.getClass().getName());
    observation.error(failure);
    observation.stop();
  }

  @Override
  public void abandoned() {
    observation.stop();
  }
}
