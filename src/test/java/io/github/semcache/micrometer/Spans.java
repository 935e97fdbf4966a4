package io.github.semcache.micrometer;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Records observations in the order in which they end. */
final class Spans implements ObservationHandler<Observation.Context> {
  private final List<Observation.Context> ended = new CopyOnWriteArrayList<>();

  /** Returns a registry whose observations are recorded here. */
  ObservationRegistry registry() {
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(this);
    return registry;
  }

  @Override
  public void onStop(Observation.Context context) {
    ended.add(context);
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return true;
  }

  List<Observation.Context> ended() {
    return ended;
  }

  Observation.Context last() {
    return ended.get(ended.size() - 1);
  }

  List<String> names() {
    return ended.stream().map(Observation.Context::getContextualName).toList();
  }

  Map<String, String> attributes(int index) {
    return attributes(ended.get(index));
  }

  static Map<String, String> attributes(Observation.Context span) {
    return span.getAllKeyValues().stream()
        .collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
  }
}
