package io.correio.server.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** Which part of a client's certificate names its user. */
public enum CertificateUser {
  /** The common name of the subject, the most specific one where there are several. */
  COMMON_NAME("common-name"),
  /** The whole name of the subject, as RFC 2253 writes it. */
  DISTINGUISHED_NAME("distinguished-name"),
  /** The first DNS name among the subject's alternative names. */
  DNS_NAME("dns-name");

  private static final int SAN_DNS = 2; // RFC 5280, 4.2.1.6: the choice dNSName

  private final String word;

  CertificateUser(String word) {
    this.word = word;
  }

  /** The rule of a word of the configuration; null when there is none. */
  public static @Nullable CertificateUser of(String word) {
    return Arrays.stream(values()).filter(rule -> rule.word.equals(word)).findFirst().orElse(null);
  }

  /** As the configuration has it. */
  public String word() {
    return word;
  }

  /** The user that a certificate names; null when it has no such part. */
  public @Nullable String user(X509Certificate certificate) {
    try {
      return switch (this) {
        case COMMON_NAME -> commonName(certificate.getSubjectX500Principal().getName());
        case DISTINGUISHED_NAME -> certificate.getSubjectX500Principal().getName();
        case DNS_NAME -> dnsName(certificate.getSubjectAlternativeNames());
      };
    } catch (NamingException | CertificateParsingException e) {
      return null; // an odd certificate names nobody
    }
  }

  private static @Nullable String commonName(String subject) throws NamingException {
    List<Rdn> parts = new LdapName(subject).getRdns();
    for (Rdn part : parts.reversed()) {
      Attribute name = part.toAttributes().get("CN");
      if (name != null) {
        if (name.get() instanceof String text) {
          return text;
        }
        throw new InvalidNameException("a common name that is no text");
      }
    }
    return null;
  }

  private static @Nullable String dnsName(@Nullable Collection<List<?>> names) {
    if (names != null) {
      for (List<?> name : names) {
        if (name.get(0) instanceof Integer kind && kind == SAN_DNS) {
          return String.valueOf(name.get(1));
        }
      }
    }
    return null;
  }
}
