package io.correio.server.perf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What a body begins with, as far as it has room: when it was sent, by which run, by which
 * producer, as which of its messages.
 *
 * <pre>
 *  0              8      12         16              24
 * +--------------+------+----------+---------------+-----------
 * | System nanos | run  | producer | number from 0 | zeros
 * +--------------+------+----------+---------------+-----------
 * </pre>
 *
 * <p>The clock is the machine's monotonic one, which all its processes share.
 */
final class Stamp {
  /** Room for the time. */
  static final int TIMED_BYTES = 8;

  /** Room for the time and the run, so that messages of others are told apart. */
  static final int OWNED_BYTES = 12;

  /** Room for all. */
  static final int NUMBERED_BYTES = 24;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Stamp() {}

  static void write(byte[] body, long nanos, int run, int producer, long number) {
    if (body.length >= TIMED_BYTES) {
      LONG.set(body, 0, nanos);
    }
    if (body.length >= OWNED_BYTES) {
      INT.set(body, 8, run);
    }
    if (body.length >= NUMBERED_BYTES) {
      INT.set(body, 12, producer);
      LONG.set(body, 16, number);
    }
  }

  static long nanos(byte[] body) {
    return (long) LONG.get(body, 0);
  }

  static int run(byte[] body) {
    return (int) INT.get(body, 8);
  }

  static int producer(byte[] body) {
    return (int) INT.get(body, 12);
  }

  static long number(byte[] body) {
    return (long) LONG.get(body, 16);
  }
}
