package io.github.semcache.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Accepts TLS connections on the loopback address and forwards them without encryption. */
public final class TlsProxy implements AutoCloseable {
  public static final String PASSWORD = "password";

  private final SSLServerSocket server;
  private final Path trustStore;
  private final URI target;

  private TlsProxy(SSLServerSocket server, Path trustStore, URI target) {
    this.server = server;
    this.trustStore = trustStore;
    this.target = target;
  }

  /** Starts a proxy with a certificate for {@code localhost}, created in a directory. */
  public static TlsProxy start(URI target, Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = directory.resolve("keys.p12");
    createKeys(store);
    SSLServerSocket server =
        (SSLServerSocket)
            context(store)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    // A trust store must contain the certificate as a trusted entry, not with its private key.
    Path trustStore = directory.resolve("trust.p12");
    Path certificate = directory.resolve("certificate.pem");
    keytool("-exportcert", "-keystore", store, "-alias", "server", "-file", certificate);
    keytool(
        "-importcert",
        "-noprompt",
        "-keystore",
        trustStore,
        "-alias",
        "server",
        "-file",
        certificate);
    TlsProxy proxy = new TlsProxy(server, trustStore, target);
    startThread(proxy::accept);
    return proxy;
  }

  private static void createKeys(Path store) throws IOException, InterruptedException {
    keytool(
        "-genkeypair",
        "-keystore",
        store,
        "-alias",
        "server",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost",
        "-validity",
        "30");
  }

  private static void keytool(Object... arguments) throws IOException, InterruptedException {
    Path command = Path.of(System.getProperty("java.home"), "bin", "keytool");
    ProcessBuilder keytool = new ProcessBuilder(command.toString());
    for (Object argument : arguments) {
      keytool.command().add(argument.toString());
    }
    keytool.command().addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    if (keytool.redirectErrorStream(true).start().waitFor() != 0) {
      throw new IOException("keytool failed");
    }
  }

  private static SSLContext context(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Returns a trust store with the certificate; its password is {@link #PASSWORD}. */
  public Path trustStore() {
    return trustStore;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket redis = new Socket(target.getHost(), target.getPort());
        startThread(() -> forward(client, redis));
        startThread(() -> forward(redis, client));
      }
    } catch (IOException e) {
      // The proxy was closed.
    }
  }

  private static void forward(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8_192];
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        out.write(buffer, 0, length);
        out.flush();
      }
    } catch (IOException e) {
      // A connection was closed, or the TLS handshake failed.
    }
  }

  private static void startThread(Runnable action) {
    Thread thread = new Thread(action, "tls-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
