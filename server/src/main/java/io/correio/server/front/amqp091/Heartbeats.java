package io.correio.server.front.amqp091;

/**
 * Heartbeats in both directions (section 4.2.7), as far as ticks about once a second tell the time.
 * Owned by the connection's loop.
 */
final class Heartbeats {
  /** Intervals without a byte after which the peer is given up. */
  static final int MISSED = 2;

  private int intervalMillis;
  private boolean started;
  private boolean received;
  private long receivedMillis;
  private long sentMillis;
  private long written;

  /** What is to be done. */
  enum Due {
    NOTHING,
    SEND,
    GIVE_UP
  }

  /** Sets what was agreed; 0 for no heartbeats. */
  void agree(int seconds) {
    intervalMillis = seconds * 1_000;
  }

  int intervalMillis() {
    return intervalMillis;
  }

  /** Bytes came. */
  void onReceived() {
    received = true;
  }

  /**
   * Time has passed.
   *
   * @param isRead whether the connection is being read: while it is not, nobody can say that the
   *     peer is silent
   * @param allWritten all bytes ever written
   */
  Due onTick(long nowMillis, boolean isRead, long allWritten) {
    if (!started || received || !isRead) {
      receivedMillis = nowMillis;
      received = false;
    }
    if (!started || allWritten != written) {
      sentMillis = nowMillis;
      written = allWritten;
    }
    started = true;
    if (intervalMillis == 0) {
      return Due.NOTHING;
    }
    if (nowMillis - receivedMillis > (long) MISSED * intervalMillis) {
      return Due.GIVE_UP;
    }
    return nowMillis - sentMillis >= intervalMillis / 2 ? Due.SEND : Due.NOTHING;
  }

  /** A heartbeat was sent. */
  void onSent(long nowMillis, long allWritten) {
    sentMillis = nowMillis;
    written = allWritten;
  }
}
