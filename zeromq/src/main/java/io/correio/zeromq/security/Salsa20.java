package io.correio.zeromq.security;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The Salsa20 permutation, and what is made of it: HSalsa20, which derives keys, and XSalsa20,
 * which encrypts ("Extending the Salsa20 nonce", Bernstein 2011). No branch or index depends on a
 * secret.
 */
final class Salsa20 {
  static final int BLOCK_LENGTH = 64;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  // "expand 32-byte k"
  private static final int[] SIGMA = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private Salsa20() {}

  /**
   * HSalsa20: 32 octets out of a key of 32 and 16 octets of input.
   *
   * @param target takes 32 octets
   */
  static void derive(byte[] key, byte[] input, int inputOffset, byte[] target) {
    int[] state = state(key);
    for (int i = 0; i < 4; i++) {
      state[6 + i] = (int) INT.get(input, inputOffset + 4 * i);
    }
    permute(state);
    int[] kept = {0, 5, 10, 15, 6, 7, 8, 9};
    for (int i = 0; i < kept.length; i++) {
      INT.set(target, 4 * i, state[kept[i]]);
    }
    Arrays.fill(state, 0);
  }

  /** The state of Salsa20 before the first block: a key, a nonce of zeros. */
  static int[] state(byte[] key) {
    int[] state = new int[16];
    for (int i = 0; i < 4; i++) {
      state[5 * i] = SIGMA[i];
      state[1 + i] = (int) INT.get(key, 4 * i);
      state[11 + i] = (int) INT.get(key, 16 + 4 * i);
    }
    return state;
  }

  /** Sets the nonce of 8 octets and the number of the block. */
  static void seek(int[] state, byte[] nonce, int nonceOffset, long block) {
    state[6] = (int) INT.get(nonce, nonceOffset);
    state[7] = (int) INT.get(nonce, nonceOffset + 4);
    state[8] = (int) block;
    state[9] = (int) (block >>> 32);
  }

  /** Writes one block of key stream and moves on to the next. */
  static void next(int[] state, int[] work, byte[] keyStream) {
    System.arraycopy(state, 0, work, 0, 16);
    permute(work);
    for (int i = 0; i < 16; i++) {
      INT.set(keyStream, 4 * i, work[i] + state[i]);
    }
    state[8]++;
    if (state[8] == 0) {
      state[9]++;
    }
  }

  /** Adds key stream to a range of at most one block. */
  static void xor(byte[] keyStream, int from, byte[] target, int offset, int length) {
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      long mixed = (long) LONG.get(target, offset + i) ^ (long) LONG.get(keyStream, from + i);
      LONG.set(target, offset + i, mixed);
    }
    for (; i < length; i++) {
      target[offset + i] ^= keyStream[from + i];
    }
  }

  private static void permute(int[] x) {
    for (int round = 0; round < 20; round += 2) {
      quarter(x, 0, 4, 8, 12);
      quarter(x, 5, 9, 13, 1);
      quarter(x, 10, 14, 2, 6);
      quarter(x, 15, 3, 7, 11);
      quarter(x, 0, 1, 2, 3);
      quarter(x, 5, 6, 7, 4);
      quarter(x, 10, 11, 8, 9);
      quarter(x, 15, 12, 13, 14);
    }
  }

  private static void quarter(int[] x, int a, int b, int c, int d) {
    int xa = x[a];
    int xd = x[d];
    int xb = x[b] ^ Integer.rotateLeft(xa + xd, 7);
    int xc = x[c] ^ Integer.rotateLeft(xb + xa, 9);
    xd ^= Integer.rotateLeft(xc + xb, 13);
    x[a] = xa ^ Integer.rotateLeft(xd + xc, 18);
    x[b] = xb;
    x[c] = xc;
    x[d] = xd;
  }
}
