package io.correio.amqp.v091.method;

/** A method that a content follows: properties and a body (section 4.2.6). */
public sealed interface ContentMethod extends BasicMethod
    permits BasicMethod.Publish, BasicMethod.Return, BasicMethod.Deliver, BasicMethod.GetOk {
  /** The exchange that the message was published to. */
  String exchange();

  /** The routing key that the message was published with. */
  String routingKey();
}
