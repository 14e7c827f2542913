package io.correio.amqp.v091.wire;

import java.io.Serial;

/**
 * An error of the protocol, raised by what a peer sent: to be answered with {@code
 * connection.close} or {@code channel.close}, as {@link #level()} says. It carries no stack trace,
 * because a peer can provoke any number of them.
 */
public final class AmqpException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final ReplyCode replyCode;
  private final ReplyCode.Level level;
  private final int classId;
  private final int methodId;

  /**
   * An error on the level that the reply code prescribes.
   *
   * @param text cause, object and remedy, as the peer will read it
   * @param classId class of the method that caused the error, 0 when none did
   * @param methodId the method that caused the error, 0 when none did
   */
  public AmqpException(ReplyCode replyCode, String text, int classId, int methodId) {
    this(replyCode, replyCode.level(), text, classId, methodId);
  }

  private AmqpException(
      ReplyCode replyCode, ReplyCode.Level level, String text, int classId, int methodId) {
    super(text, null, false, false);
    this.replyCode = replyCode;
    this.level = level;
    this.classId = classId;
    this.methodId = methodId;
  }

  /** The same error, closing the whole connection (a refused login is a 403 of that kind). */
  public AmqpException onConnectionLevel() {
    return new AmqpException(replyCode, ReplyCode.Level.CONNECTION, text(), classId, methodId);
  }

  /** The reply code. */
  public ReplyCode replyCode() {
    return replyCode;
  }

  /** What the error closes. */
  public ReplyCode.Level level() {
    return level;
  }

  /** The text without its reply code. */
  public String text() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }

  /** The text in the form {@code NAME - text}, which clients show, cut to a short string. */
  public String replyText() {
    return WireWriter.cutToShortString(replyCode.name() + " - " + text());
  }

  /** Class of the method that caused the error, 0 when none did. */
  public int classId() {
    return classId;
  }

  /** The method that caused the error, 0 when none did. */
  public int methodId() {
    return methodId;
  }

  @Override
  public String getMessage() {
    String at = classId == 0 ? "" : " (method " + classId + "," + methodId + ")";
    return replyCode.code() + " " + replyCode + " - " + text() + at;
  }
}
