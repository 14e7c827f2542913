package io.correio.amqp.v091;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.ShortStringCache;
import io.correio.amqp.v091.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The content that is arriving on one channel (section 4.2.6), and what the last one had that the
 * next will probably have again: names and properties. Owned by its engine.
 *
 * <pre>
 *          method with content            header frame, size > 0
 *   IDLE ----------------------> HEADER --------------------------> BODY --+
 *    ^                             |                                 |  ^  | body frame
 *    |        size = 0             |          size reached           |  +--+
 *    +-----------------------------+---------------------------------+
 * </pre>
 */
final class ContentAssembly {
  /** What a channel gets for a body of which nothing has come yet. */
  private static final int FIRST_BODY_BYTES = 4096;

  /** Longest property list that is kept for comparison. */
  private static final int MAX_CACHED_PROPERTIES = 512;

  private static final byte[] NO_BYTES = new byte[0];

  enum State {
    IDLE,
    HEADER,
    BODY
  }

  private final ShortStringCache consumerTag = new ShortStringCache();
  private final ShortStringCache exchange = new ShortStringCache();
  private final ShortStringCache routingKey = new ShortStringCache();
  private BasicMethod.Publish publish = new BasicMethod.Publish("", "", false, false);
  private byte[] properties = BasicProperties.NONE.raw();
  private ByteBuffer propertiesToCompare = ByteBuffer.wrap(properties);

  private State state = State.IDLE;
  private @Nullable ContentMethod method;
  private boolean accepted;
  private long bodySize;
  private long received;
  private byte[] body = NO_BYTES;

  State state() {
    return state;
  }

  /** The arguments of a publish; the previous record when they are the same. */
  BasicMethod.Publish readPublish(WireReader in) {
    in.method(BasicMethod.CLASS_ID, 40);
    in.unsignedShort();
    String newExchange = in.shortString(exchange);
    String newRoutingKey = in.shortString(routingKey);
    int bits = in.octet();
    in.end();
    boolean mandatory = (bits & 1) != 0;
    boolean immediate = (bits & 2) != 0;
    if (!newExchange.equals(publish.exchange())
        || !newRoutingKey.equals(publish.routingKey())
        || mandatory != publish.mandatory()
        || immediate != publish.immediate()) {
      publish = new BasicMethod.Publish(newExchange, newRoutingKey, mandatory, immediate);
    }
    return publish;
  }

  /** The arguments of a delivery, with the Strings of the previous one where they are the same. */
  BasicMethod.Deliver readDeliver(WireReader in) {
    in.method(BasicMethod.CLASS_ID, 60);
    String newConsumerTag = in.shortString(consumerTag);
    long deliveryTag = in.longLong();
    int bits = in.octet();
    String newExchange = in.shortString(exchange);
    String newRoutingKey = in.shortString(routingKey);
    in.end();
    return new BasicMethod.Deliver(
        newConsumerTag, deliveryTag, (bits & 1) != 0, newExchange, newRoutingKey);
  }

  void begin(ContentMethod contentMethod) {
    method = contentMethod;
    state = State.HEADER;
  }

  ContentMethod method() {
    if (method == null) {
      throw new IllegalStateException("no content is arriving");
    }
    return method;
  }

  /** Takes the property list that remains in the buffer; checks it unless it is the last one. */
  void header(ByteBuffer propertyList, long announcedBodySize) {
    if (!propertiesToCompare.equals(propertyList)) {
      byte[] raw = new byte[propertyList.remaining()];
      propertyList.get(raw);
      BasicProperties.validate(raw);
      remember(raw);
    }
    state = State.BODY;
    bodySize = announcedBodySize;
  }

  void accept() {
    accepted = true;
  }

  boolean accepted() {
    return accepted;
  }

  long bodySize() {
    return bodySize;
  }

  long missing() {
    return bodySize - received;
  }

  byte[] properties() {
    return properties;
  }

  byte[] body() {
    return body;
  }

  /** Takes so many bytes of the body out of the buffer. */
  void append(ByteBuffer in, int count) {
    if (accepted) {
      int filled = (int) received;
      if (filled + count > body.length) {
        grow(filled, count);
      }
      in.get(body, filled, count);
    } else {
      in.position(in.position() + count);
    }
    received += count;
  }

  /** Back to the beginning; keeps what the next content may have in common. */
  void reset() {
    state = State.IDLE;
    method = null;
    accepted = false;
    bodySize = 0;
    received = 0;
    body = NO_BYTES;
    if (properties.length > MAX_CACHED_PROPERTIES) {
      remember(BasicProperties.NONE.raw());
    }
  }

  private void remember(byte[] raw) {
    properties = raw;
    propertiesToCompare = ByteBuffer.wrap(raw);
  }

  private void grow(int filled, int count) {
    // By what has arrived, so that a claimed size costs the peer as many bytes as it costs us.
    long room = Math.max(FIRST_BODY_BYTES, 2L * (filled + count));
    body = Arrays.copyOf(body, (int) Math.min(room, bodySize));
  }
}
