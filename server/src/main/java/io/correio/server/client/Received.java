package io.correio.server.client;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.wire.BasicProperties;

/** A message from a queue; its body belongs to the receiver. */
public final class Received {
  private final long deliveryTag;
  private final boolean redelivered;
  private final String exchange;
  private final String routingKey;
  private final BasicProperties properties;
  private final byte[] body;

  Received(BasicMethod.Deliver method, byte[] properties, byte[] body) {
    this.deliveryTag = method.deliveryTag();
    this.redelivered = method.redelivered();
    this.exchange = method.exchange();
    this.routingKey = method.routingKey();
    this.properties = new BasicProperties(properties);
    this.body = body;
  }

  Received(BasicMethod.GetOk method, byte[] properties, byte[] body) {
    this.deliveryTag = method.deliveryTag();
    this.redelivered = method.redelivered();
    this.exchange = method.exchange();
    this.routingKey = method.routingKey();
    this.properties = new BasicProperties(properties);
    this.body = body;
  }

  /** What an acknowledgement names. */
  public long deliveryTag() {
    return deliveryTag;
  }

  /** Whether it may have been delivered before. */
  public boolean redelivered() {
    return redelivered;
  }

  /** The exchange it was published to. */
  public String exchange() {
    return exchange;
  }

  /** The routing key it was published with. */
  public String routingKey() {
    return routingKey;
  }

  /** Its properties. */
  public BasicProperties properties() {
    return properties;
  }

  /** Its body. */
  public byte[] body() {
    return body;
  }

  /** Names the message without its content. */
  @Override
  public String toString() {
    return "Received[" + deliveryTag + ", " + body.length + " bytes]";
  }
}
