package io.correio.server.net;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A certificate and its key, read once, for listeners that speak TLS 1.2 and 1.3. Immutable. */
public final class Tls {

  private final SslContext context;

  private Tls(SslContext context) {
    this.context = context;
  }

  /**
   * Reads a certificate chain and the key that belongs to it.
   *
   * @param certificate PEM, the server's own certificate first
   * @param key PEM, PKCS #8, not encrypted
   * @throws IOException when a file cannot be read or is not what it should be; names the file
   */
  public static Tls read(Path certificate, Path key) throws IOException {
    for (Path file : new Path[] {certificate, key}) {
      if (!Files.isReadable(file)) {
        throw new IOException(file + " cannot be read; TLS needs a certificate and its key as PEM");
      }
    }
    try {
      return new Tls(
          SslContextBuilder.forServer(certificate.toFile(), key.toFile())
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .build());
    } catch (IllegalArgumentException | IOException e) {
      throw new IOException(
          "%s and %s do not make a TLS certificate: %s. The key must be PKCS #8 without a password: openssl pkcs8 -topk8 -nocrypt"
              .formatted(certificate, key, e.getMessage()),
          e);
    }
  }

  SslContext context() {
    return context;
  }
}
