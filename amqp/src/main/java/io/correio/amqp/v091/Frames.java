package io.correio.amqp.v091;

/** The numbers of the frame layer (section 4.2), and the few methods that it treats by number. */
public final class Frames {
  /** Frame type of a method. */
  public static final int METHOD = 1;

  /** Frame type of a content header. */
  public static final int HEADER = 2;

  /** Frame type of a part of a body. */
  public static final int BODY = 3;

  /** Frame type of a heartbeat. */
  public static final int HEARTBEAT = 8;

  /** The octet behind every frame. */
  public static final byte END = (byte) 206;

  /** Smallest frame-max that may be agreed. */
  public static final int FRAME_MIN_BYTES = 4096;

  /** Bytes before the payload: type, channel, size. */
  public static final int HEADER_BYTES = 7;

  /** Bytes of a frame that are not payload. */
  public static final int OVERHEAD_BYTES = 8;

  /** Bytes of a content header's payload before the property list. */
  public static final int CONTENT_HEADER_BYTES = 12;

  /** Largest body that can be assembled into an array. */
  public static final int MAX_BODY_BYTES = Integer.MAX_VALUE - 8;

  static final byte[] PROTOCOL_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

  static final int CONNECTION_CLOSE = 50;
  static final int CONNECTION_CLOSE_OK = 51;
  static final int BASIC_PUBLISH = 40;
  static final int BASIC_DELIVER = 60;
  static final int BASIC_GET_OK = 71;
  static final int BASIC_ACK = 80;
  static final int BASIC_NACK = 120;

  private Frames() {}

  /** The eight bytes that open a connection; a copy. */
  public static byte[] protocolHeader() {
    return PROTOCOL_HEADER.clone();
  }
}
