package io.github.semcache.embedding;

import io.github.semcache.deadline.Deadline;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The texts that are being embedded. A call leads the texts that no other call leads, and follows
 * the others. A call completes its own texts before it waits for others, so calls cannot wait for
 * each other. Thread-safe.
 */
final class EmbeddingCalls {
  /** The running embeddings by key. Empty if the leader gave up and a follower has to lead. */
  private final Map<String, CompletableFuture<Optional<Embedding>>> running =
      new ConcurrentHashMap<>();

  /**
   * Returns the key of a text: the SHA-256 hash of its UTF-16 code units, which also distinguishes
   * texts with unpaired surrogates.
   */
  static String key(String text) {
    try {
      byte[] units = text.getBytes(StandardCharsets.UTF_16BE);
      if (!new String(units, StandardCharsets.UTF_16BE).equals(text)) {
        units = units(text);
      }
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(units));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns the code units of a text with unpaired surrogates, which encoders replace. */
  private static byte[] units(String text) {
    byte[] units = new byte[2 * text.length()];
    for (int i = 0; i < text.length(); i++) {
      units[2 * i] = (byte) (text.charAt(i) >> 8);
      units[2 * i + 1] = (byte) text.charAt(i);
    }
    return units;
  }

  /** Leads or follows the embeddings of texts. */
  Joined join(Collection<String> keys) {
    Map<String, CompletableFuture<Optional<Embedding>>> led = new LinkedHashMap<>();
    Map<String, CompletableFuture<Optional<Embedding>>> followed = new HashMap<>();
    for (String key : keys) {
      CompletableFuture<Optional<Embedding>> mine = new CompletableFuture<>();
      CompletableFuture<Optional<Embedding>> other = running.putIfAbsent(key, mine);
      if (other == null) {
        led.put(key, mine);
      } else {
        followed.put(key, other);
      }
    }
    return new Joined(led, followed);
  }

  /** The texts of one call. Closing it ends the texts that are still led. */
  final class Joined implements AutoCloseable {
    private final Map<String, CompletableFuture<Optional<Embedding>>> led;
    private final Map<String, CompletableFuture<Optional<Embedding>>> followed;

    private Joined(
        Map<String, CompletableFuture<Optional<Embedding>>> led,
        Map<String, CompletableFuture<Optional<Embedding>>> followed) {
      this.led = led;
      this.followed = followed;
    }

    List<String> led() {
      return List.copyOf(led.keySet());
    }

    /** Completes some of the led texts. */
    void completeFound(Map<String, Embedding> embeddings) {
      embeddings.forEach((key, embedding) -> end(key, Optional.of(embedding)));
    }

    /** Completes all led texts; those without an embedding have to be led by a follower. */
    void complete(Map<String, Embedding> embeddings) {
      led.forEach((key, future) -> end(key, Optional.ofNullable(embeddings.get(key))));
    }

    /**
     * Fails the followers too, unless the failure concerns only this call: its deadline has
     * expired, it was interrupted, or the embedder rejected one of several texts.
     */
    void fail(Throwable failure) {
      boolean isOwn =
          Thread.currentThread().isInterrupted()
              || Deadline.current().filter(Deadline::isExpired).isPresent()
              || hasInterrupt(failure)
              || (failure instanceof EmbedderException.RejectedText && led.size() > 1);
      led.forEach(
          (key, future) -> {
            if (isOwn) {
              end(key, Optional.empty());
            } else {
              running.remove(key, future);
              future.completeExceptionally(failure);
            }
          });
    }

    private static boolean hasInterrupt(Throwable failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof InterruptedException) {
          return true;
        }
      }
      return false;
    }

    private void end(String key, Optional<Embedding> embedding) {
      CompletableFuture<Optional<Embedding>> future = led.get(key);
      if (future != null) {
        running.remove(key, future);
        future.complete(embedding);
      }
    }

    /**
     * Waits for the followed texts until the current deadline.
     *
     * @return the embeddings; without those whose leader gave up
     */
    Map<String, Embedding> awaitFollowed() {
      Map<String, Embedding> embeddings = new HashMap<>();
      followed.forEach(
          (key, future) -> await(future).ifPresent(embedding -> embeddings.put(key, embedding)));
      return embeddings;
    }

    private static Optional<Embedding> await(CompletableFuture<Optional<Embedding>> future) {
      try {
        Optional<Duration> remaining = Deadline.current().map(Deadline::remaining);
        return remaining.isPresent()
            ? future.get(TimeUnit.NANOSECONDS.convert(remaining.get()), TimeUnit.NANOSECONDS)
            : future.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EmbedderException("interrupted while another thread embeds the text", e);
      } catch (TimeoutException e) {
        throw new EmbedderException("the deadline expired while another thread embeds the text", e);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof EmbedderException failure
            ? failure
            : new EmbedderException("the embedder failed on another thread", e.getCause());
      }
    }

    @Override
    public void close() {
      complete(Map.of());
    }
  }
}
