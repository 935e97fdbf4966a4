package io.github.semcache.cli;

import io.github.semcache.encryption.StoreEncryption;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The keys of an encrypted store, which are never given on the command line itself. */
final class EncryptionOptions {
  private static final String VARIABLE = "SEMCACHE_ENCRYPTION_KEYS";
  private static final String LOOKUP_KEY = "lookup-key";
  private static final String CURRENT_KEY = "current-key";
  private static final String KEY_PREFIX = "key.";

  private final CliEnvironment environment;

  @Option(
      names = "--encryption-key-file",
      paramLabel = "FILE",
      description = {
        "The keys of an encrypted store: a file with the lines lookup-key=BASE64, current-key=ID,"
            + " and key.ID=BASE64 for each key. Without it, the environment variable "
            + VARIABLE
            + " is read, which has the same content, with semicolons or line breaks between the"
            + " lines."
      })
  private @Nullable Path keyFile;

  EncryptionOptions(CliEnvironment environment) {
    this.environment = environment;
  }

  /** Returns whether the option is given. */
  boolean isGiven() {
    return keyFile != null;
  }

  /**
   * Returns the store with decrypted entries if there are keys, and otherwise the store itself.
   *
   * @throws CommandException if the keys are invalid, or if the entries of the store are encrypted
   *     and there are no keys, or the keys do not fit
   */
  Stores.OpenStore apply(Stores.OpenStore opened) {
    try {
      Optional<StoreEncryption.Keys> keys = keys();
      Optional<ListedEntry> first = first(opened.listing());
      boolean isEncrypted =
          first.filter(listed -> StoreEncryption.isEncrypted(listed.entry())).isPresent();
      if (keys.isEmpty()) {
        if (isEncrypted) {
          throw new CommandException(
              "the store is encrypted; pass its keys with --encryption-key-file or " + VARIABLE,
              null);
        }
        return opened;
      }
      if (first.isPresent() && !isEncrypted) {
        throw new CommandException(
            "the store is not encrypted, but there are keys; omit --encryption-key-file and "
                + VARIABLE,
            null);
      }
      return encrypted(opened, keys.get(), isEncrypted);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static Stores.OpenStore encrypted(
      Stores.OpenStore opened, StoreEncryption.Keys keys, boolean hasEntries) {
    VectorStore store = StoreEncryption.of(keys).encrypt(opened.store());
    Listable listing = (Listable) store; // The stores of the command line can list their entries.
    if (hasEntries && first(listing).isEmpty()) {
      throw new CommandException(
          "the entries of the store cannot be decrypted with the given keys", null);
    }
    return new Stores.OpenStore(store, listing);
  }

  private static Optional<ListedEntry> first(Listable listing) {
    try (Stream<ListedEntry> entries = listing.entries()) {
      return entries.findFirst();
    }
  }

  private Optional<StoreEncryption.Keys> keys() {
    if (keyFile != null) {
      return Optional.of(parse("--encryption-key-file", read(keyFile)));
    }
    return environment.variable(VARIABLE).map(value -> parse(VARIABLE, value.replace(';', '\n')));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CommandException(
          "--encryption-key-file is '" + file + "'; the file does not exist or cannot be read", e);
    }
  }

  /** Parses keys. Messages contain no values. */
  private static StoreEncryption.Keys parse(String source, String content) {
    Properties lines = new Properties();
    try {
      lines.load(new StringReader(content));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(source + " cannot be parsed", null);
    }
    Map<String, byte[]> keys = new HashMap<>();
    for (String name : lines.stringPropertyNames()) {
      if (name.startsWith(KEY_PREFIX)) {
        keys.put(name.substring(KEY_PREFIX.length()), decode(source, name, lines));
      } else if (!name.equals(LOOKUP_KEY) && !name.equals(CURRENT_KEY)) {
        throw new CommandException(
            source + " has an unknown name; it must be lookup-key, current-key, or key.ID", null);
      }
    }
    try {
      return StoreEncryption.Keys.of(
          decode(source, LOOKUP_KEY, lines), required(source, CURRENT_KEY, lines), keys);
    } catch (IllegalArgumentException e) {
      throw new CommandException(source + ": " + e.getMessage(), null);
    }
  }

  private static byte[] decode(String source, String name, Properties lines) {
    try {
      return Base64.getDecoder().decode(required(source, name, lines));
    } catch (IllegalArgumentException e) {
      throw new CommandException(source + ": " + name + " is not in Base64", null);
    }
  }

  private static String required(String source, String name, Properties lines) {
    String value = lines.getProperty(name, "").strip();
    if (value.isEmpty()) {
      throw new CommandException(source + " has no line " + name + "=...", null);
    }
    return value;
  }
}
