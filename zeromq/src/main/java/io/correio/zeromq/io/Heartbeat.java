package io.correio.zeromq.io;

import io.correio.zeromq.io.Steward.Timer;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.wire.Command;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Pings one peer and notices its silence (RFC 37, "Connection Heartbeating"). Any octets count as
 * life; while this side does not read, nothing is concluded. Owned by the socket's lock.
 */
final class Heartbeat {
  private static final long TENTH_NANOS = 100_000_000;

  private final SocketCore core;
  private final Connection connection;
  private final long intervalNanos;
  private final long timeoutNanos;
  private final int ttlTenths;
  private long lastHeard = System.nanoTime();
  private long peerTtlNanos;
  private @Nullable Timer timer;
  private boolean stopped;

  private Heartbeat(SocketCore core, Connection connection) {
    this.core = core;
    this.connection = connection;
    intervalNanos = core.options().get(SocketOption.HEARTBEAT_INTERVAL).toNanos();
    Duration timeout = core.options().get(SocketOption.HEARTBEAT_TIMEOUT);
    timeoutNanos = timeout.isNegative() ? intervalNanos : timeout.toNanos();
    ttlTenths = (int) (core.options().get(SocketOption.HEARTBEAT_TTL).toMillis() / 100);
  }

  /** Steward: begins, with the connection ready. */
  static Heartbeat start(SocketCore core, Connection connection) {
    Heartbeat heartbeat = new Heartbeat(core, connection);
    heartbeat.next();
    return heartbeat;
  }

  void heard() {
    lastHeard = System.nanoTime();
  }

  void onPing(Command.Ping ping) {
    boolean first = peerTtlNanos == 0 && ping.ttlTenths() > 0;
    peerTtlNanos = ping.ttlTenths() * TENTH_NANOS;
    if (first && intervalNanos == 0) {
      core.engine().steward().execute(this::next);
    }
  }

  /** Steward. */
  private void next() {
    long delay = intervalNanos > 0 ? intervalNanos : peerTtlNanos / 2;
    if (delay > 0 && !stopped) {
      timer = core.engine().steward().at(delay, this::beat);
    }
  }

  private void beat() {
    core.lock();
    try {
      if (stopped || connection.isEnded()) {
        return;
      }
      long silence = System.nanoTime() - lastHeard;
      boolean reading = !connection.isPaused() && !connection.holds();
      if (reading && intervalNanos > 0 && silence > intervalNanos + timeoutNanos) {
        connection.end("no sign of life from the peer within the heartbeatTimeout");
      } else if (reading && peerTtlNanos > 0 && silence > peerTtlNanos) {
        connection.end("no sign of life from the peer within the time it announced");
      } else {
        if (intervalNanos > 0) {
          connection.command(new Command.Ping(ttlTenths, new byte[0]).encode());
        }
        next();
      }
    } finally {
      core.unlock();
    }
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
  }
}
