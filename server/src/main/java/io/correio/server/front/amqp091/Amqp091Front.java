package io.correio.server.front.amqp091;

import io.correio.amqp.v091.Frames;
import io.correio.server.auth.SaslMechanisms;
import io.correio.server.front.Front;
import io.correio.server.front.Hosts;
import io.correio.server.front.LoginCheck;
import io.correio.server.front.Session;
import io.correio.server.front.Wire;
import java.nio.ByteBuffer;

/**
 * The AMQP 0-9-1 front end: what all its sessions share. Immutable and thread-safe.
 *
 * @param hosts the way to the queue manager
 * @param login who checks passwords
 * @param mechanisms ways to log in
 * @param budget memory for large bodies and transactions, of all connections together
 * @param limits what clients are held to
 * @param version of the server, as clients are told
 */
public record Amqp091Front(
    Hosts hosts,
    LoginCheck login,
    SaslMechanisms mechanisms,
    BodyBudget budget,
    SessionLimits limits,
    String version)
    implements Front {

  @Override
  public String name() {
    return "AMQP 0-9-1";
  }

  @Override
  public Match match(ByteBuffer first) {
    byte[] header = Frames.protocolHeader();
    int length = Math.min(header.length, first.remaining());
    for (int i = 0; i < length; i++) {
      if (first.get(first.position() + i) != header[i]) {
        return Match.NO;
      }
    }
    return length == header.length ? Match.YES : Match.MORE;
  }

  @Override
  public byte[] header() {
    return Frames.protocolHeader();
  }

  @Override
  public Session open(Wire wire) {
    return new Amqp091Session(wire, this);
  }
}
