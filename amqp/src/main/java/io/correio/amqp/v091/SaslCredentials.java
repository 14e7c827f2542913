package io.correio.amqp.v091;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.LongString;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * User and password, as the login mechanisms PLAIN (RFC 4616) and AMQPLAIN carry them in {@code
 * connection.start-ok}. Printing it shows no password.
 *
 * @param authorizationId who to act as, empty for the user; only PLAIN has it
 */
public record SaslCredentials(String authorizationId, String user, String password) {
  /** Name of the mechanism PLAIN. */
  public static final String PLAIN = "PLAIN";

  /** Name of the mechanism AMQPLAIN. */
  public static final String AMQPLAIN = "AMQPLAIN";

  /**
   * Reads a response of PLAIN: {@code [authzid] NUL user NUL password}.
   *
   * @throws AmqpException 502 when it has another form
   */
  public static SaslCredentials parsePlain(LongString response) {
    byte[] bytes = response.bytes();
    int first = indexOfNul(bytes, 0);
    int second = first < 0 ? -1 : indexOfNul(bytes, first + 1);
    if (second < 0 || indexOfNul(bytes, second + 1) >= 0) {
      throw malformed("a PLAIN response is [authzid] NUL user NUL password");
    }
    return new SaslCredentials(
        new String(bytes, 0, first, UTF_8),
        new String(bytes, first + 1, second - first - 1, UTF_8),
        new String(bytes, second + 1, bytes.length - second - 1, UTF_8));
  }

  /**
   * Reads a response of AMQPLAIN: a field table without its length, with LOGIN and PASSWORD.
   *
   * @throws AmqpException 502 when it has another form
   */
  public static SaslCredentials parseAmqplain(LongString response) {
    FieldTable table = new WireReader(ByteBuffer.wrap(response.bytes())).tableWithoutLength();
    String user = table.getString("LOGIN").orElse(null);
    String password = table.getString("PASSWORD").orElse(null);
    if (user == null || password == null) {
      throw malformed("an AMQPLAIN response is a table with the strings LOGIN and PASSWORD");
    }
    return new SaslCredentials("", user, password);
  }

  /** The response of PLAIN for a user and password without NUL. */
  public static LongString plain(String user, String password) {
    if (user.indexOf('\0') >= 0 || password.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("PLAIN carries no NUL in user or password");
    }
    return LongString.of('\0' + user + '\0' + password);
  }

  /** The response of AMQPLAIN. */
  public static LongString amqplain(String user, String password) {
    FieldTable table = FieldTable.builder().put("LOGIN", user).put("PASSWORD", password).build();
    return LongString.of(new WireWriter().tableWithoutLength(table).toByteArray());
  }

  @Override
  public String toString() {
    return "SaslCredentials[" + user + "]";
  }

  private static int indexOfNul(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return i;
      }
    }
    return -1;
  }

  private static AmqpException malformed(String text) {
    return new AmqpException(ReplyCode.SYNTAX_ERROR, text, 10, 11);
  }
}
