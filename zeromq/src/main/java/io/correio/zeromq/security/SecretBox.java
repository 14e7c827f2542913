package io.correio.zeromq.security;

import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * XSalsa20-Poly1305 ("Cryptography in NaCl", sections 9 and 10) under one key, in place. Not
 * thread-safe. {@link #close} wipes the key.
 *
 * <pre>
 *   at        at + 16
 *   | tag     | text …      the tag is made over the encrypted text
 * </pre>
 */
final class SecretBox implements AutoCloseable {
  static final int TAG_LENGTH = 16;
  static final int NONCE_LENGTH = 24;
  static final int KEY_LENGTH = 32;

  private final byte[] key;
  private final byte[] nonceKey = new byte[KEY_LENGTH];
  private final byte[] keyStream = new byte[Salsa20.BLOCK_LENGTH];
  private final byte[] tag = new byte[TAG_LENGTH];
  private final int[] work = new int[16];

  /** A box under a key of 32 octets, which is copied. */
  SecretBox(byte[] key) {
    this.key = Arrays.copyOf(key, KEY_LENGTH);
  }

  /** Encrypts the text that lies behind the room for the tag, and writes the tag. */
  void seal(byte[] nonce, byte[] target, int at, int textLength) {
    int[] state = start(nonce);
    Poly1305 poly = authenticator();
    cipher(state, target, at + TAG_LENGTH, textLength);
    poly.update(target, at + TAG_LENGTH, textLength);
    poly.doFinal(target, at);
    forget(state);
  }

  /** Checks the tag and decrypts the text behind it; false, and nothing changed, if it is wrong. */
  boolean open(byte[] nonce, byte[] source, int at, int boxLength) {
    if (boxLength < TAG_LENGTH) {
      return false;
    }
    int textLength = boxLength - TAG_LENGTH;
    int[] state = start(nonce);
    Poly1305 poly = authenticator();
    poly.update(source, at + TAG_LENGTH, textLength);
    poly.doFinal(tag, 0);
    boolean genuine = MessageDigest.isEqual(tag, Arrays.copyOfRange(source, at, at + TAG_LENGTH));
    if (genuine) {
      cipher(state, source, at + TAG_LENGTH, textLength);
    }
    forget(state);
    return genuine;
  }

  /** After this the first block of key stream is there: 32 octets for the tag, 32 for the text. */
  private int[] start(byte[] nonce) {
    Salsa20.derive(key, nonce, 0, nonceKey);
    int[] state = Salsa20.state(nonceKey);
    Salsa20.seek(state, nonce, 16, 0);
    Salsa20.next(state, work, keyStream);
    return state;
  }

  private Poly1305 authenticator() {
    Poly1305 poly = new Poly1305();
    poly.init(new KeyParameter(keyStream, 0, KEY_LENGTH));
    return poly;
  }

  private void cipher(int[] state, byte[] text, int offset, int length) {
    int first = Math.min(length, Salsa20.BLOCK_LENGTH - KEY_LENGTH);
    Salsa20.xor(keyStream, KEY_LENGTH, text, offset, first);
    for (int done = first; done < length; done += Salsa20.BLOCK_LENGTH) {
      Salsa20.next(state, work, keyStream);
      int rest = Math.min(length - done, Salsa20.BLOCK_LENGTH);
      Salsa20.xor(keyStream, 0, text, offset + done, rest);
    }
  }

  private void forget(int[] state) {
    Arrays.fill(state, 0);
    Arrays.fill(work, 0);
    Arrays.fill(nonceKey, (byte) 0);
    Arrays.fill(keyStream, (byte) 0);
  }

  @Override
  public void close() {
    Arrays.fill(key, (byte) 0);
  }
}
