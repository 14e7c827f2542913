package io.correio.server.front.content;

/**
 * What a peer sent is no message of AMQP 1.0 (part 3, section 3.2). The text names the section, the
 * place and the remedy, and is for the peer: the error condition is {@code amqp:decode-error}.
 */
public final class Amqp10FormatException extends Exception {
  private static final long serialVersionUID = 1;

  private final int offset;

  Amqp10FormatException(int offset, String section, String reason) {
    super(
        ("malformed message, %s at octet %d: %s; encode messages as AMQP 1.0 part 3, section 3.2"
                + " has them")
            .formatted(section, offset, reason));
    this.offset = offset;
  }

  /** Place in the message, from its first octet on. */
  public int offset() {
    return offset;
  }
}
