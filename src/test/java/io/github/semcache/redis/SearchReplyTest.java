package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.util.KeyValue;

/** The reply formats as returned by Jedis: a RESP3 map is a list of pairs. */
class SearchReplyTest {
  private static byte[] bytes(String text) {
    return Utf8.encode(text);
  }

  private static KeyValue<Object, @Nullable Object> pair(String name, @Nullable Object value) {
    return new KeyValue<>(bytes(name), value);
  }

  private static String value(SearchReply reply, int row, String name) {
    byte[] value = reply.rows().get(row).value(bytes(name));
    return value == null ? "(none)" : Utf8.decode(value);
  }

  private static List<String> ids(SearchReply reply) {
    return reply.rows().stream().map(row -> Utf8.decode(row.documentKey())).toList();
  }

  @Test
  void listWithFieldsIsParsed() {
    SearchReply reply =
        SearchReply.of(
            List.of(
                2L,
                bytes("p:1"),
                List.of(bytes("distance"), bytes("0.5"), bytes("answer"), bytes("Paris")),
                bytes("p:2"),
                List.of(bytes("distance"), bytes("0.7"))));

    assertThat(reply.total()).isEqualTo(2);
    assertThat(reply.warnings()).isEmpty();
    assertThat(ids(reply)).containsExactly("p:1", "p:2");
    assertThat(value(reply, 0, "answer")).isEqualTo("Paris");
    assertThat(value(reply, 0, "distance")).isEqualTo("0.5");
    assertThat(value(reply, 1, "answer")).isEqualTo("(none)");
  }

  @Test
  void listWithoutRowsIsParsed() {
    SearchReply reply = SearchReply.of(List.of(0L));

    assertThat(reply.total()).isZero();
    assertThat(reply.rows()).isEmpty();
  }

  @Test
  void expiredRowsOfAListHaveNoFields() {
    SearchReply reply =
        SearchReply.of(
            Arrays.asList(
                3L,
                bytes("p:1"),
                null,
                bytes("p:2"),
                List.of(bytes("answer"), bytes("b")),
                bytes("p:3"),
                null));

    assertThat(ids(reply)).containsExactly("p:1", "p:2", "p:3");
    assertThat(reply.rows())
        .extracting(SearchReply.Row::hasFields)
        .containsExactly(false, true, false);
    assertThat(value(reply, 0, "answer")).isEqualTo("(none)");
  }

  @Test
  void listOfKeysIsParsed() {
    SearchReply reply = SearchReply.of(List.of(7L, bytes("p:1"), bytes("p:2")));

    assertThat(reply.total()).isEqualTo(7);
    assertThat(ids(reply)).containsExactly("p:1", "p:2");
  }

  @Test
  void mapWithFieldsExpiredRowsAndWarningsIsParsed() {
    SearchReply reply =
        SearchReply.of(
            List.of(
                pair("attributes", List.of()),
                pair("format", bytes("STRING")),
                pair(
                    "results",
                    List.of(
                        List.of(
                            pair("id", bytes("p:1")),
                            pair("extra_attributes", List.of(pair("answer", bytes("Paris")))),
                            pair("values", List.of())),
                        List.of(
                            pair("id", bytes("p:2")),
                            pair("extra_attributes", null),
                            pair("values", List.of())))),
                pair("total_results", 2L),
                pair("warning", List.of(bytes("Timeout limit was reached")))));

    assertThat(reply.total()).isEqualTo(2);
    assertThat(ids(reply)).containsExactly("p:1", "p:2");
    assertThat(value(reply, 0, "answer")).isEqualTo("Paris");
    assertThat(reply.rows().get(1).hasFields()).isFalse();
    assertThat(reply.warnings()).containsExactly("Timeout limit was reached");
  }

  @Test
  void mapWithFieldsInAFlatListIsParsed() {
    SearchReply reply =
        SearchReply.of(
            List.of(
                pair(
                    "results",
                    List.of(
                        List.of(
                            bytes("id"),
                            bytes("p:1"),
                            bytes("extra_attributes"),
                            List.of(bytes("answer"), bytes("a"))))),
                pair("total_results", 1L)));

    assertThat(value(reply, 0, "answer")).isEqualTo("a");
    assertThat(reply.warnings()).isEmpty();
  }

  @Test
  void otherFormatsAreRejected() {
    assertThatThrownBy(() -> SearchReply.of(7L)).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(() -> SearchReply.of(List.of())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> SearchReply.of(List.of(bytes("no total"))))
        .isInstanceOf(ClassCastException.class);
    assertThatThrownBy(() -> SearchReply.of(List.of(pair("results", List.of()))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the server's reply has no total_results");
    assertThatThrownBy(
            () ->
                SearchReply.of(
                    List.of(pair("total_results", 1L), pair("results", List.of(List.of())))))
        .isInstanceOf(IllegalStateException.class);
  }
}
