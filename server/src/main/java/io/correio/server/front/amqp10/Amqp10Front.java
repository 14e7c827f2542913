package io.correio.server.front.amqp10;

import io.correio.server.auth.SaslMechanisms;
import io.correio.server.front.Front;
import io.correio.server.front.Hosts;
import io.correio.server.front.LoginCheck;
import io.correio.server.front.Session;
import io.correio.server.front.Wire;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.protonj2.types.transport.AMQPHeader;

/**
 * The AMQP 1.0 front end: what all its sessions share. Immutable and thread-safe.
 *
 * @param hosts the way to the queue manager
 * @param login who checks passwords
 * @param mechanisms ways to log in
 * @param limits what peers are held to
 * @param version of the server, as peers are told
 * @param unfinishedBytes parts of messages whose rest has not come, of all connections together
 * @param names who has which link's name, of all connections together
 */
public record Amqp10Front(
    Hosts hosts,
    LoginCheck login,
    SaslMechanisms mechanisms,
    Amqp10Limits limits,
    String version,
    AtomicLong unfinishedBytes,
    LinkNames names)
    implements Front {

  private static final byte[] PREFIX = {'A', 'M', 'Q', 'P'};

  /** Major version, minor version, revision. */
  private static final byte[] VERSION = {1, 0, 0};

  @Override
  public String name() {
    return "AMQP 1.0";
  }

  /** Part 2, section 2.2: "AMQP", a protocol id (0 for AMQP, 3 for SASL), 1, 0, 0. */
  @Override
  public Match match(ByteBuffer first) {
    int length = Math.min(AMQPHeader.HEADER_SIZE_BYTES, first.remaining());
    for (int i = 0; i < length; i++) {
      byte is = first.get(first.position() + i);
      boolean fits =
          switch (i) {
            case 0, 1, 2, 3 -> is == PREFIX[i];
            case AMQPHeader.PROTOCOL_ID_INDEX ->
                is == AMQPHeader.AMQP_PROTOCOL_ID || is == AMQPHeader.SASL_PROTOCOL_ID;
            default -> is == VERSION[i - AMQPHeader.MAJOR_VERSION_INDEX];
          };
      if (!fits) {
        return Match.NO;
      }
    }
    return length == AMQPHeader.HEADER_SIZE_BYTES ? Match.YES : Match.MORE;
  }

  @Override
  public byte[] header() {
    return AMQPHeader.getSASLHeader().toArray();
  }

  @Override
  public Session open(Wire wire) {
    return new Amqp10Session(wire, this);
  }
}
