package io.correio.zeromq.security;

import static io.correio.zeromq.security.CurveHandshake.KEY;
import static io.correio.zeromq.security.CurveHandshake.TAG;

import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The client of CURVE (RFC 25, 26): knows the server's public key, proves its own, and encrypts
 * under keys of this connection alone, so that a key that is stolen later opens nothing that was
 * said before. {@link CurveHandshake} draws the commands.
 *
 * <pre>
 *   client                                                   server
 *   ── HELLO: C' ─────────────────────────────────────────►  makes S', s', K; forgets S', s'
 *   ◄───────────────────────── WELCOME: S', cookie [C', s'] ─
 *   ── INITIATE: cookie, C, vouch, metadata ──────────────►  opens the cookie, asks ZAP about C
 *   ◄──────────────────────────────────── READY: metadata ──  or ERROR
 *   ◄──────────────────── MESSAGE … ──────────────────────►
 * </pre>
 */
public final class CurveClient extends Handshake implements Mechanism {
  private final CurveKeyPair own;
  private final byte[] serverKey;
  private final SecureRandom random;
  private final byte[] secret;
  private final byte[] publicKey;
  private final CurveNonce sent = new CurveNonce();
  private final CurveNonce received = new CurveNonce();
  private final SecretBox hello;
  private @Nullable SecretBox box;
  private @Nullable SecretBox second;
  private @Nullable FrameCipher cipher;

  /**
   * Begins a handshake.
   *
   * @param metadata what the peer is told
   * @param own the client's key pair; still its owner's to close
   * @param serverKey the server's public key, 32 octets
   * @param random makes the keys of the connection
   */
  public CurveClient(Metadata metadata, CurveKeyPair own, byte[] serverKey, SecureRandom random) {
    super("CURVE", metadata, null);
    if (serverKey.length != KEY) {
      throw new IllegalArgumentException(
          "server key of %d octets: a key has %d".formatted(serverKey.length, KEY));
    }
    this.own = own;
    this.serverKey = serverKey.clone();
    this.random = random;
    secret = Curve25519.newSecretKey(random);
    publicKey = Curve25519.publicKey(secret);
    try {
      hello = Curve25519.box(secret, this.serverKey);
    } catch (ZmtpException lowOrder) {
      throw new IllegalArgumentException("the server key is no key of CURVE", lowOrder);
    }
    byte[] command = CurveHandshake.command(CurveHandshake.HELLO_NAME, CurveHandshake.HELLO_LENGTH);
    command[CurveHandshake.HELLO_VERSION_AT] = 1;
    System.arraycopy(publicKey, 0, command, CurveHandshake.HELLO_KEY_AT, KEY);
    byte[] nonce = sent.next(CurveHandshake.HELLO_NONCE, command, CurveHandshake.HELLO_NONCE_AT);
    hello.seal(nonce, command, CurveHandshake.HELLO_BOX_AT, CurveHandshake.HELLO_ZEROS);
    send(command);
  }

  @Override
  public boolean isServer() {
    return false;
  }

  @Override
  void receive(String command, byte[] body) throws ZmtpException {
    SecretBox shared = box;
    if (command.equals("WELCOME") && shared == null) {
      receiveWelcome(body);
    } else if (command.equals("READY") && shared != null && cipher == null) {
      receiveReady(body, shared);
    } else {
      throw unexpected(command);
    }
  }

  private void receiveWelcome(byte[] body) throws ZmtpException {
    if (body.length != CurveHandshake.WELCOME_LENGTH) {
      throw CurveHandshake.length("WELCOME", body.length);
    }
    byte[] nonce =
        CurveNonce.random(CurveHandshake.WELCOME_NONCE, body, CurveHandshake.WELCOME_NONCE_AT);
    int boxLength = body.length - CurveHandshake.WELCOME_BOX_AT;
    if (!hello.open(nonce, body, CurveHandshake.WELCOME_BOX_AT, boxLength)) {
      throw CurveHandshake.forged("WELCOME", "it does not own the server key configured here");
    }
    int text = CurveHandshake.WELCOME_BOX_AT + TAG;
    byte[] connectionKey = Arrays.copyOfRange(body, text, text + KEY);
    byte[] cookie = Arrays.copyOfRange(body, text + KEY, body.length);
    SecretBox shared = Curve25519.box(secret, connectionKey);
    box = shared;
    second = Curve25519.box(secret, connectionKey);
    send(initiate(shared, connectionKey, cookie));
    hello.close();
    Arrays.fill(secret, (byte) 0);
  }

  private byte[] initiate(SecretBox shared, byte[] connectionKey, byte[] cookie)
      throws ZmtpException {
    byte[] metadata = metadata().encode();
    int textLength = KEY + CurveHandshake.SEALED_LENGTH + metadata.length;
    byte[] command =
        CurveHandshake.command(
            CurveHandshake.INITIATE_NAME, CurveHandshake.INITIATE_BOX_AT + TAG + textLength);
    System.arraycopy(cookie, 0, command, CurveHandshake.INITIATE_COOKIE_AT, cookie.length);
    byte[] nonce =
        sent.next(CurveHandshake.INITIATE_NONCE, command, CurveHandshake.INITIATE_NONCE_AT);
    int text = CurveHandshake.INITIATE_BOX_AT + TAG;
    System.arraycopy(own.publicKey(), 0, command, text, KEY);
    byte[] vouch = vouch(connectionKey);
    System.arraycopy(vouch, 0, command, text + KEY, vouch.length);
    System.arraycopy(metadata, 0, command, text + KEY + vouch.length, metadata.length);
    shared.seal(nonce, command, CurveHandshake.INITIATE_BOX_AT, textLength);
    return command;
  }

  /** The client's word that the connection's key is its own, and meant for this server. */
  private byte[] vouch(byte[] connectionKey) throws ZmtpException {
    byte[] vouch = new byte[CurveHandshake.SEALED_LENGTH];
    byte[] chosen = new byte[CurveNonce.LONG_LENGTH];
    random.nextBytes(chosen);
    System.arraycopy(chosen, 0, vouch, 0, chosen.length);
    int text = CurveHandshake.SEALED_BOX_AT + TAG;
    System.arraycopy(publicKey, 0, vouch, text, KEY);
    System.arraycopy(serverKey, 0, vouch, text + KEY, KEY);
    try (SecretBox vouching = Curve25519.box(own.secretKey(), connectionKey)) {
      byte[] nonce = CurveNonce.random(CurveHandshake.VOUCH_NONCE, chosen, 0);
      vouching.seal(nonce, vouch, CurveHandshake.SEALED_BOX_AT, 2 * KEY);
    }
    return vouch;
  }

  private void receiveReady(byte[] body, SecretBox shared) throws ZmtpException {
    if (body.length < CurveHandshake.READY_LENGTH_MIN) {
      throw CurveHandshake.length("READY", body.length);
    }
    byte[] nonce = received.expect(CurveHandshake.READY_NONCE, body, CurveHandshake.READY_NONCE_AT);
    int boxLength = body.length - CurveHandshake.READY_BOX_AT;
    if (!shared.open(nonce, body, CurveHandshake.READY_BOX_AT, boxLength)) {
      throw CurveHandshake.forged("READY", "it was changed on its way");
    }
    received.accept(nonce);
    int text = CurveHandshake.READY_BOX_AT + TAG;
    keep(Metadata.decode(body, text, body.length - text));
    SecretBox opening = second;
    if (opening == null) {
      throw unexpected("READY");
    }
    cipher = new CurveFrames(shared, opening, false, sent, received);
    finish();
  }

  @Override
  void authenticated() {
    throw new IllegalStateException("a client of CURVE asks no authenticator");
  }

  @Override
  public @Nullable FrameCipher cipher() {
    return cipher;
  }

  @Override
  public void close() {
    hello.close();
    Arrays.fill(secret, (byte) 0);
    if (cipher == null) {
      CurveServer.wipe(box);
      CurveServer.wipe(second);
    }
  }
}
