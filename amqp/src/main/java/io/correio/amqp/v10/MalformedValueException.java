package io.correio.amqp.v10;

/** Octets that are no value of AMQP 1.0 (part 1, section 1.2). */
public final class MalformedValueException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int offset;

  /**
   * @param offset place in the array where reading failed
   * @param reason what is wrong there
   */
  public MalformedValueException(int offset, String reason) {
    super(reason);
    this.offset = offset;
  }

  /** Place in the array where reading failed. */
  public int offset() {
    return offset;
  }
}
