package io.correio.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ListenerTest {

  private static ListenerOptions options(int port, int maxConnections, @Nullable Tls tls) {
    return new ListenerOptions(
        "127.0.0.1",
        port,
        1024,
        maxConnections,
        60_000,
        60_000,
        List.of(new ToyFront(ToySession::new)),
        tls);
  }

  @Test
  void a_thousand_connections_opened_and_closed_leave_no_descriptor_behind() throws Exception {
    try (Loops loops = Loops.open(2, true, 50);
        Listener listener = Listener.bind(loops, options(0, 10_000, null))) {
      openAndClose(loops, listener, 10); // what is loaded and opened once
      long before = descriptors();
      openAndClose(loops, listener, 1_000);
      assertThat(descriptors()).isLessThanOrEqualTo(before);
    }
  }

  private static void openAndClose(Loops loops, Listener listener, int count) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
      socket.getOutputStream().write(ToyFront.HEADER);
      socket.getOutputStream().write('x');
      sockets.add(socket);
    }
    for (Socket socket : sockets) {
      assertThat(socket.getInputStream().read()).isEqualTo('x');
      socket.close();
    }
    await().until(() -> loops.connections() == 0);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void connections_above_the_limit_are_closed_and_room_is_given_again() throws Exception {
    try (Loops loops = Loops.open(1, true, 50);
        Listener listener = Listener.bind(loops, options(0, 2, null))) {
      Socket first = new Socket(InetAddress.getLoopbackAddress(), listener.port());
      Socket second = new Socket(InetAddress.getLoopbackAddress(), listener.port());
      await().until(() -> loops.connections() == 2);
      try (Socket third = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
        assertThat(third.getInputStream().read()).isEqualTo(-1);
      }
      first.close();
      await().until(() -> loops.connections() == 1);
      try (Socket fourth = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
        fourth.getOutputStream().write("TOY\nx".getBytes(StandardCharsets.UTF_8));
        assertThat(fourth.getInputStream().read()).isEqualTo('x');
      }
      second.close();
    }
  }

  @Test
  void port_that_is_taken_is_named_in_the_error() throws Exception {
    try (Loops loops = Loops.open(1, true, 50);
        Listener listener = Listener.bind(loops, options(0, 2, null))) {
      assertThatThrownBy(() -> Listener.bind(loops, options(listener.port(), 2, null)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1 port " + listener.port());
    }
  }

  @Test
  void tls_carries_the_same_sessions(@TempDir Path folder) throws Exception {
    KeyStore store = certificate(folder);
    Path certificate = pem(folder.resolve("server.pem"), "CERTIFICATE", encoded(store, false));
    Path key = pem(folder.resolve("server.key"), "PRIVATE KEY", encoded(store, true));
    try (Loops loops = Loops.open(1, true, 50);
        Listener listener = Listener.bind(loops, options(0, 10, Tls.read(certificate, key)));
        Socket socket =
            trusting(store)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), listener.port())) {
      byte[] sent = new byte[300_000];
      new java.util.Random(1).nextBytes(sent);
      socket.getOutputStream().write(ToyFront.HEADER);
      Thread.startVirtualThread(() -> {
        try {
          socket.getOutputStream().write(sent);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      InputStream in = socket.getInputStream();
      assertThat(in.readNBytes(sent.length)).isEqualTo(sent);

      try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
        plain.getOutputStream().write(ToyFront.HEADER);
        plain.getOutputStream().write(new byte[100]);
        // An alert or nothing, and the end: never the toy's echo.
        assertThat(plain.getInputStream().readAllBytes()).hasSizeLessThan(100);
      }
    }
  }

  @Test
  void key_that_is_no_key_is_named_in_the_error(@TempDir Path folder) throws Exception {
    KeyStore store = certificate(folder);
    Path certificate = pem(folder.resolve("server.pem"), "CERTIFICATE", encoded(store, false));
    assertThatThrownBy(() -> Tls.read(certificate, certificate))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("server.pem")
        .hasMessageContaining("PKCS #8");
    assertThatThrownBy(() -> Tls.read(certificate, folder.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none cannot be read");
  }

  private static KeyStore certificate(Path folder) throws Exception {
    Path file = folder.resolve("store.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String options =
        "-genkeypair -alias server -keyalg EC -dname CN=localhost -ext san=dns:localhost"
            + " -validity 30 -storepass secret -keypass secret -storetype PKCS12 -keystore";
    List<String> command = new ArrayList<>(List.of(keytool));
    command.addAll(List.of(options.split(" ", -1)));
    command.add(file.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, "secret".toCharArray());
    }
    return store;
  }

  private static byte[] encoded(KeyStore store, boolean key) throws Exception {
    return key
        ? store.getKey("server", "secret".toCharArray()).getEncoded()
        : store.getCertificate("server").getEncoded();
  }

  private static Path pem(Path file, String type, byte[] encoded) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }

  private static SSLContext trusting(KeyStore store) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", store.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), new SecureRandom());
    return context;
  }
}
