package io.correio.zeromq.security;

import io.correio.zeromq.wire.Metadata;
import java.security.SecureRandom;

/**
 * What a socket demands of its peers and shows them: its mechanism, its part in it and its
 * credentials. Every peer of a socket has the same. Immutable; who made a {@link CurveKeyPair}
 * closes it after the last socket that uses it.
 */
public sealed interface Security {
  /** The mechanism's name in the greeting. */
  String mechanism();

  /** Whether this side is the mechanism's server, whichever side binds. */
  boolean isServer();

  /**
   * Begins the handshake with one peer.
   *
   * @param metadata what the peer is told
   * @param context what an authenticator would be told of the peer
   * @param authenticated whether the socket has an authenticator
   */
  Mechanism begin(Metadata metadata, ZapContext context, boolean authenticated);

  /** No security; the default. */
  static Security none() {
    return new None();
  }

  /** The client of PLAIN, with at most 255 octets each of user name and password. */
  static Security plain(String username, String password) {
    return new PlainAsClient(username, password);
  }

  /** The server of PLAIN; without an authenticator nobody is let in. */
  static Security plainServer() {
    return new PlainAsServer();
  }

  /**
   * The client of CURVE.
   *
   * @param keys the client's own pair
   * @param serverKey the server's public key in Z85, 40 characters
   */
  static Security curve(CurveKeyPair keys, String serverKey) {
    return new CurveAsClient(keys, serverKey);
  }

  /** The server of CURVE; without an authenticator everybody who knows its public key is let in. */
  static Security curveServer(CurveKeyPair keys) {
    return new CurveAsServer(keys);
  }

  /** NULL. An authenticator decides on addresses, if the socket has a ZAP domain. */
  record None() implements Security {
    @Override
    public String mechanism() {
      return "NULL";
    }

    @Override
    public boolean isServer() {
      return false;
    }

    @Override
    public Mechanism begin(Metadata metadata, ZapContext context, boolean authenticated) {
      return new NullMechanism(metadata, context);
    }
  }

  /** PLAIN, as client. */
  record PlainAsClient(String username, String password) implements Security {
    /** Checks the lengths. */
    public PlainAsClient {
      PlainClient.credential("user name", username);
      PlainClient.credential("password", password);
    }

    @Override
    public String mechanism() {
      return "PLAIN";
    }

    @Override
    public boolean isServer() {
      return false;
    }

    @Override
    public Mechanism begin(Metadata metadata, ZapContext context, boolean authenticated) {
      return new PlainClient(metadata, username, password);
    }

    /** The user name alone. */
    @Override
    public String toString() {
      return "PlainAsClient[" + username + "]";
    }
  }

  /** PLAIN, as server. */
  record PlainAsServer() implements Security {
    @Override
    public String mechanism() {
      return "PLAIN";
    }

    @Override
    public boolean isServer() {
      return true;
    }

    @Override
    public Mechanism begin(Metadata metadata, ZapContext context, boolean authenticated) {
      return new PlainServer(metadata, context);
    }
  }

  /** CURVE, as client. */
  record CurveAsClient(CurveKeyPair keys, String serverKey) implements Security {
    /** Checks the key. */
    public CurveAsClient {
      if (Z85.decode(serverKey).length != CurveKeyPair.KEY_LENGTH) {
        throw new IllegalArgumentException(
            "server key of %d characters: a key in Z85 has 40".formatted(serverKey.length()));
      }
    }

    @Override
    public String mechanism() {
      return "CURVE";
    }

    @Override
    public boolean isServer() {
      return false;
    }

    @Override
    public Mechanism begin(Metadata metadata, ZapContext context, boolean authenticated) {
      return new CurveClient(metadata, keys, Z85.decode(serverKey), new SecureRandom());
    }
  }

  /** CURVE, as server. */
  record CurveAsServer(CurveKeyPair keys) implements Security {
    @Override
    public String mechanism() {
      return "CURVE";
    }

    @Override
    public boolean isServer() {
      return true;
    }

    @Override
    public Mechanism begin(Metadata metadata, ZapContext context, boolean authenticated) {
      // A domain without an authenticator is a mistake: nobody gets in by it.
      boolean ask = authenticated || !context.domain().isEmpty();
      return new CurveServer(metadata, keys, ask ? context : null, new SecureRandom());
    }
  }
}
