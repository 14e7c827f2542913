package io.correio.server.net;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

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
    return read(certificate, key, null, false);
  }

  /**
   * The same, asking clients for certificates.
   *
   * @param authorities PEM, the certificates of those who sign the clients' ones; null to ask for
   *     none
   * @param required whether a client without a certificate is turned away
   */
  public static Tls read(Path certificate, Path key, @Nullable Path authorities, boolean required)
      throws IOException {
    for (Path file :
        authorities == null
            ? new Path[] {certificate, key}
            : new Path[] {certificate, key, authorities}) {
      if (!Files.isReadable(file)) {
        throw new IOException(file + " cannot be read; TLS needs a certificate and its key as PEM");
      }
    }
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(certificate.toFile(), key.toFile())
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2");
      if (authorities != null) {
        trust(builder, authorities);
        builder.clientAuth(required ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
      }
      return new Tls(builder.build());
    } catch (IllegalArgumentException | IOException e) {
      throw new IOException(
          "%s and %s do not make a TLS certificate: %s. The key must be PKCS #8 without a password: openssl pkcs8 -topk8 -nocrypt"
              .formatted(certificate, key, e.getMessage()),
          e);
    }
  }

  private static void trust(SslContextBuilder builder, Path authorities) throws IOException {
    try {
      builder.trustManager(authorities.toFile());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s holds no certificates of authorities as PEM: %s"
              .formatted(authorities, e.getMessage()),
          e);
    }
  }

  /** The certificate that a peer has shown and that was verified; null when there is none. */
  static @Nullable X509Certificate peerCertificate(@Nullable SslHandler handler) {
    if (handler == null) {
      return null;
    }
    try {
      return handler.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate its
          ? its
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // it has shown none
    }
  }

  SslContext context() {
    return context;
  }
}
