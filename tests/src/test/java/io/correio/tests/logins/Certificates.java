package io.correio.tests.logins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Self-signed certificates of the JDK's keytool, in a folder that the test owns. */
record Certificates(Path folder) {

  static final String PASSWORD = "secret";

  /** Makes a key store with a certificate and its key. */
  Path store(String name, String subject) throws IOException, InterruptedException {
    Path file = folder.resolve(name + ".p12");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    String options =
        "-genkeypair -alias entry -keyalg EC -ext san=dns:localhost,ip:127.0.0.1 -validity 30"
            + " -storetype PKCS12 -storepass "
            + PASSWORD;
    command.addAll(List.of(options.split(" ", -1)));
    command.addAll(List.of("-dname", subject, "-keystore", file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return file;
  }

  static KeyStore load(Path store) throws IOException, GeneralSecurityException {
    KeyStore loaded = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      loaded.load(in, PASSWORD.toCharArray());
    }
    return loaded;
  }

  /** The certificates of stores, as PEM. */
  Path certificates(String name, Path... stores) throws IOException, GeneralSecurityException {
    StringBuilder pem = new StringBuilder();
    for (Path store : stores) {
      pem.append(pem("CERTIFICATE", load(store).getCertificate("entry").getEncoded()));
    }
    return Files.writeString(folder.resolve(name), pem.toString());
  }

  /** The key of a store, as PEM. */
  Path key(String name, Path store) throws IOException, GeneralSecurityException {
    byte[] key = load(store).getKey("entry", PASSWORD.toCharArray()).getEncoded();
    return Files.writeString(folder.resolve(name), pem("PRIVATE KEY", key));
  }

  private static String pem(String type, byte[] encoded) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }
}
