package io.correio.amqp.v091.wire;

import org.jspecify.annotations.Nullable;

/**
 * The reply codes of AMQP 0-9-1 with the level on which each is raised (section 1.2 of the
 * generated specification: {@code soft-error} closes the channel, {@code hard-error} the
 * connection).
 */
public enum ReplyCode {
  /** The method was carried out; no error. */
  REPLY_SUCCESS(200, Level.NONE),
  /** The content is larger than the receiver accepts at the moment. */
  CONTENT_TOO_LARGE(311, Level.CHANNEL),
  /** A mandatory message could not be routed. Of RabbitMQ; only used in {@code basic.return}. */
  NO_ROUTE(312, Level.CHANNEL),
  /** An immediate message found no consumer that was ready. */
  NO_CONSUMERS(313, Level.CHANNEL),
  /** An operator closed the connection; the client may come again later. */
  CONNECTION_FORCED(320, Level.CONNECTION),
  /** The client asked for a virtual host that does not exist. */
  INVALID_PATH(402, Level.CONNECTION),
  /** The user may not do this, or did not prove who they are. */
  ACCESS_REFUSED(403, Level.CHANNEL),
  /** The named exchange, queue or binding does not exist. */
  NOT_FOUND(404, Level.CHANNEL),
  /** Another connection has the object for itself. */
  RESOURCE_LOCKED(405, Level.CHANNEL),
  /** The request contradicts the state of the object it names. */
  PRECONDITION_FAILED(406, Level.CHANNEL),
  /** The peer sent a malformed frame. */
  FRAME_ERROR(501, Level.CONNECTION),
  /** The peer sent a frame with illegal values in its fields. */
  SYNTAX_ERROR(502, Level.CONNECTION),
  /** The peer sent a method that is invalid at this point. */
  COMMAND_INVALID(503, Level.CONNECTION),
  /** The peer used a channel that is not open, or a number above the agreed maximum. */
  CHANNEL_ERROR(504, Level.CONNECTION),
  /** The peer sent a frame that was not expected, usually within a content. */
  UNEXPECTED_FRAME(505, Level.CONNECTION),
  /** The server lacks a resource, usually because of a limit set by an operator. */
  RESOURCE_ERROR(506, Level.CONNECTION),
  /** The client tried something that is prohibited, regardless of its permissions. */
  NOT_ALLOWED(530, Level.CONNECTION),
  /** The client tried something that the server does not implement. */
  NOT_IMPLEMENTED(540, Level.CONNECTION),
  /** The server failed through a fault of its own. */
  INTERNAL_ERROR(541, Level.CONNECTION);

  /** What an error closes. */
  public enum Level {
    /** Not an error. */
    NONE,
    /** {@code soft-error}: closes the channel. */
    CHANNEL,
    /** {@code hard-error}: closes the connection. */
    CONNECTION
  }

  private final int code;
  private final Level level;

  ReplyCode(int code, Level level) {
    this.code = code;
    this.level = level;
  }

  /** The number on the wire. */
  public int code() {
    return code;
  }

  /** What this error closes. */
  public Level level() {
    return level;
  }

  /** The constant for a number on the wire, or null for a number the protocol does not know. */
  public static @Nullable ReplyCode of(int code) {
    for (ReplyCode each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    return null;
  }
}
