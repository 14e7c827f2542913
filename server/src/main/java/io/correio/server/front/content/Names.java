package io.correio.server.front.content;

/** Names of headers and annotations, and one type, that mean something to a conversion. */
final class Names {
  /** Property type of a message whose body is sections of AMQP 1.0. */
  static final String AMQP_1_0 = "amqp-1.0";

  /** What headers of 0-9-1 begin with that are no application's. */
  static final String X = "x-";

  static final String CC = "CC";
  static final String X_CC = "x-cc";
  static final String X_BASIC = "x-basic-";
  static final String X_BASIC_TYPE = "x-basic-type";
  static final String X_EXCHANGE = "x-exchange";
  static final String X_ROUTING_KEY = "x-routing-key";
  static final String X_DEATH = "x-death";

  /** How often processing a message failed. */
  static final String X_DELIVERY_COUNT = "x-delivery-count";

  /** A message-id that 0-9-1's property cannot hold. */
  static final String X_MESSAGE_ID = "x-message-id";

  /** A correlation-id that 0-9-1's property cannot hold. */
  static final String X_CORRELATION_ID = "x-correlation-id";

  private Names() {}
}
