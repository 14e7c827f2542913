package io.correio.zeromq.security;

import static io.correio.zeromq.security.CurveHandshake.KEY;
import static io.correio.zeromq.security.CurveHandshake.TAG;

import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server of CURVE (RFC 25, 26). Between WELCOME and INITIATE it remembers nothing of the client
 * but the key of the cookie: the connection's secret key lies in the cookie, with the client.
 * {@link CurveClient} draws the exchange, {@link CurveHandshake} the commands.
 */
public final class CurveServer extends Handshake implements Mechanism {
  private final CurveKeyPair own;
  private final SecureRandom random;
  private final CurveNonce sent = new CurveNonce();
  private final CurveNonce received = new CurveNonce();
  private @Nullable SecretBox cookieBox;
  private @Nullable SecretBox box;
  private @Nullable SecretBox second;
  private @Nullable FrameCipher cipher;
  private boolean hello;

  /**
   * Begins a handshake.
   *
   * @param metadata what the peer is told
   * @param own the server's key pair; still its owner's to close
   * @param zap as what an authenticator is asked about the client's key; null to let every client
   *     in that knows the server's public key
   * @param random makes the keys of the connection
   */
  public CurveServer(
      Metadata metadata, CurveKeyPair own, @Nullable ZapContext zap, SecureRandom random) {
    super("CURVE", metadata, zap);
    Curve25519.require();
    this.own = own;
    this.random = random;
  }

  @Override
  public boolean isServer() {
    return true;
  }

  @Override
  void receive(String command, byte[] body) throws ZmtpException {
    SecretBox cookie = cookieBox;
    if (command.equals("HELLO") && !hello) {
      hello = true;
      receiveHello(body);
    } else if (command.equals("INITIATE") && cookie != null) {
      // Once: a second INITIATE finds no key to open its cookie.
      cookieBox = null;
      try (cookie) {
        receiveInitiate(body, cookie);
      }
    } else {
      throw unexpected(command);
    }
  }

  private void receiveHello(byte[] body) throws ZmtpException {
    if (body.length != CurveHandshake.HELLO_LENGTH) {
      throw CurveHandshake.length("HELLO", body.length);
    }
    if (body[CurveHandshake.HELLO_VERSION_AT] != 1
        || body[CurveHandshake.HELLO_VERSION_AT + 1] != 0) {
      throw new ZmtpException(
          ZmtpException.Kind.VERSION, "the peer speaks a CurveZMQ other than 1.0");
    }
    int keyAt = CurveHandshake.HELLO_KEY_AT;
    byte[] clientKey = Arrays.copyOfRange(body, keyAt, keyAt + KEY);
    try (SecretBox greeting = Curve25519.box(own.secretKey(), clientKey)) {
      byte[] nonce =
          received.expect(CurveHandshake.HELLO_NONCE, body, CurveHandshake.HELLO_NONCE_AT);
      int boxLength = body.length - CurveHandshake.HELLO_BOX_AT;
      if (!greeting.open(nonce, body, CurveHandshake.HELLO_BOX_AT, boxLength)) {
        throw CurveHandshake.forged("HELLO", "give the client this server's public key");
      }
      for (int i = CurveHandshake.HELLO_BOX_AT + TAG; i < body.length; i++) {
        if (body[i] != 0) {
          throw CurveHandshake.forged("HELLO", "its box does not hold zeros");
        }
      }
      received.accept(nonce);
      send(welcome(greeting, clientKey));
    }
  }

  private byte[] welcome(SecretBox greeting, byte[] clientKey) {
    byte[] secret = Curve25519.newSecretKey(random);
    byte[] command =
        CurveHandshake.command(CurveHandshake.WELCOME_NAME, CurveHandshake.WELCOME_LENGTH);
    byte[] chosen = new byte[CurveNonce.LONG_LENGTH];
    random.nextBytes(chosen);
    System.arraycopy(chosen, 0, command, CurveHandshake.WELCOME_NONCE_AT, chosen.length);
    int text = CurveHandshake.WELCOME_BOX_AT + TAG;
    System.arraycopy(Curve25519.publicKey(secret), 0, command, text, KEY);
    putCookie(command, text + KEY, clientKey, secret);
    byte[] nonce = CurveNonce.random(CurveHandshake.WELCOME_NONCE, chosen, 0);
    greeting.seal(
        nonce, command, CurveHandshake.WELCOME_BOX_AT, KEY + CurveHandshake.SEALED_LENGTH);
    Arrays.fill(secret, (byte) 0);
    return command;
  }

  private void putCookie(byte[] command, int at, byte[] clientKey, byte[] secret) {
    byte[] cookieKey = new byte[KEY];
    random.nextBytes(cookieKey);
    SecretBox sealing = new SecretBox(cookieKey);
    Arrays.fill(cookieKey, (byte) 0);
    byte[] chosen = new byte[CurveNonce.LONG_LENGTH];
    random.nextBytes(chosen);
    System.arraycopy(chosen, 0, command, at, chosen.length);
    int text = at + CurveHandshake.SEALED_BOX_AT + TAG;
    System.arraycopy(clientKey, 0, command, text, KEY);
    System.arraycopy(secret, 0, command, text + KEY, KEY);
    byte[] nonce = CurveNonce.random(CurveHandshake.COOKIE_NONCE, chosen, 0);
    sealing.seal(nonce, command, at + CurveHandshake.SEALED_BOX_AT, 2 * KEY);
    cookieBox = sealing;
  }

  private void receiveInitiate(byte[] body, SecretBox cookie) throws ZmtpException {
    if (body.length < CurveHandshake.INITIATE_LENGTH_MIN) {
      throw CurveHandshake.length("INITIATE", body.length);
    }
    int cookieAt = CurveHandshake.INITIATE_COOKIE_AT;
    byte[] cookieNonce = CurveNonce.random(CurveHandshake.COOKIE_NONCE, body, cookieAt);
    int sealedAt = cookieAt + CurveHandshake.SEALED_BOX_AT;
    if (!cookie.open(cookieNonce, body, sealedAt, 2 * KEY + TAG)) {
      throw CurveHandshake.forged("INITIATE", "its cookie is not of this connection");
    }
    byte[] clientKey = Arrays.copyOfRange(body, sealedAt + TAG, sealedAt + TAG + KEY);
    byte[] secret = Arrays.copyOfRange(body, sealedAt + TAG + KEY, sealedAt + TAG + 2 * KEY);
    Arrays.fill(body, sealedAt, sealedAt + TAG + 2 * KEY, (byte) 0);
    try {
      SecretBox shared = Curve25519.box(secret, clientKey);
      box = shared;
      second = Curve25519.box(secret, clientKey);
      byte[] nonce =
          received.expect(CurveHandshake.INITIATE_NONCE, body, CurveHandshake.INITIATE_NONCE_AT);
      int boxLength = body.length - CurveHandshake.INITIATE_BOX_AT;
      if (!shared.open(nonce, body, CurveHandshake.INITIATE_BOX_AT, boxLength)) {
        throw CurveHandshake.forged("INITIATE", "it was changed on its way");
      }
      received.accept(nonce);
      readInitiate(body, secret, clientKey);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private void readInitiate(byte[] body, byte[] secret, byte[] clientKey) throws ZmtpException {
    int text = CurveHandshake.INITIATE_BOX_AT + TAG;
    byte[] longTermKey = Arrays.copyOfRange(body, text, text + KEY);
    int vouchAt = text + KEY;
    int sealedAt = vouchAt + CurveHandshake.SEALED_BOX_AT;
    try (SecretBox vouching = Curve25519.box(secret, longTermKey)) {
      byte[] nonce = CurveNonce.random(CurveHandshake.VOUCH_NONCE, body, vouchAt);
      boolean vouched = vouching.open(nonce, body, sealedAt, 2 * KEY + TAG);
      byte[] expected = Arrays.copyOf(clientKey, 2 * KEY);
      System.arraycopy(own.publicKey(), 0, expected, KEY, KEY);
      byte[] found = Arrays.copyOfRange(body, sealedAt + TAG, sealedAt + TAG + 2 * KEY);
      if (!vouched || !MessageDigest.isEqual(expected, found)) {
        throw CurveHandshake.forged("vouch", "it does not own the client key that it shows");
      }
    }
    int metadataAt = vouchAt + CurveHandshake.SEALED_LENGTH;
    keep(Metadata.decode(body, metadataAt, body.length - metadataAt));
    ask(List.of(longTermKey));
  }

  @Override
  void authenticated() {
    SecretBox sealing = box;
    SecretBox opening = second;
    if (sealing == null || opening == null) {
      throw new IllegalStateException("the handshake was closed");
    }
    byte[] metadata = metadata().encode();
    byte[] command =
        CurveHandshake.command(
            CurveHandshake.READY_NAME, CurveHandshake.READY_BOX_AT + TAG + metadata.length);
    byte[] nonce = sent.next(CurveHandshake.READY_NONCE, command, CurveHandshake.READY_NONCE_AT);
    System.arraycopy(metadata, 0, command, CurveHandshake.READY_BOX_AT + TAG, metadata.length);
    sealing.seal(nonce, command, CurveHandshake.READY_BOX_AT, metadata.length);
    send(command);
    cipher = new CurveFrames(sealing, opening, true, sent, received);
    finish();
  }

  @Override
  public @Nullable FrameCipher cipher() {
    return cipher;
  }

  @Override
  public void close() {
    wipe(cookieBox);
    if (cipher == null) {
      wipe(box);
      wipe(second);
      box = null;
      second = null;
    }
  }

  static void wipe(@Nullable SecretBox sealed) {
    if (sealed != null) {
      sealed.close();
    }
  }
}
