package io.correio.server.net;

import io.correio.server.front.Front;
import io.correio.server.front.Session;
import io.correio.server.front.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A protocol whose header is TOY and a line feed, spoken by sessions that a test makes up. */
final class ToyFront implements Front {

  static final byte[] HEADER = "TOY\n".getBytes(StandardCharsets.US_ASCII);

  final List<ToySession> sessions = new CopyOnWriteArrayList<>();
  private final Function<Wire, ToySession> open;

  ToyFront(Function<Wire, ToySession> open) {
    this.open = open;
  }

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public Match match(ByteBuffer first) {
    int length = Math.min(first.remaining(), HEADER.length);
    for (int i = 0; i < length; i++) {
      if (first.get(i) != HEADER[i]) {
        return Match.NO;
      }
    }
    return length == HEADER.length ? Match.YES : Match.MORE;
  }

  @Override
  public byte[] header() {
    return HEADER;
  }

  @Override
  public Session open(Wire wire) {
    ToySession session = open.apply(wire);
    sessions.add(session);
    return session;
  }
}
