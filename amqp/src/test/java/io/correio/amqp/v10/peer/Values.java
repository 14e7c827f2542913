package io.correio.amqp.v10.peer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.jspecify.annotations.Nullable;

/** Values of the type system (part 1) to bytes and back, by proton-j. Stateless. */
public final class Values {

  private static final int VALUE_BYTES = 256 << 10;

  private Values() {}

  private record Described(Object getDescriptor, Object getDescribed) implements DescribedType {}

  /** A described value with a numeric descriptor. */
  public static DescribedType described(long code, Object value) {
    return new Described(UnsignedLong.valueOf(code), value);
  }

  /** The encodings of values, one after the other; a byte array is taken as encoded already. */
  public static byte[] encode(@Nullable Object... values) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object value : values) {
      if (value instanceof byte[] encoded) {
        all.writeBytes(encoded);
        continue;
      }
      ByteBuffer buffer = ByteBuffer.allocate(VALUE_BYTES);
      EncoderImpl encoder = new EncoderImpl(new DecoderImpl());
      encoder.setByteBuffer(buffer);
      encoder.writeObject(value instanceof Composite part ? part.described() : value);
      all.write(buffer.array(), 0, buffer.position());
    }
    return all.toByteArray();
  }

  /** A data section (part 3, section 3.2.6). */
  public static byte[] data(byte[] content) {
    ByteBuffer section = ByteBuffer.allocate(8 + content.length);
    section.put(new byte[] {0x00, 0x53, 0x75, (byte) 0xb0}).putInt(content.length).put(content);
    return section.array();
  }

  /** An amqp-value section (part 3, section 3.2.8). */
  public static byte[] value(@Nullable Object value) {
    return encode(new byte[] {0x00, 0x53, 0x77}, value);
  }

  /** Takes one value off the buffer; composites of the standard become {@link Composite}s. */
  public static @Nullable Object decode(ByteBuffer buffer) {
    DecoderImpl decoder = new DecoderImpl();
    // The encoder tells the decoder of the primitive types.
    EncoderImpl encoder = new EncoderImpl(decoder);
    encoder.setByteBuffer(buffer.duplicate());
    decoder.setByteBuffer(buffer);
    return known(decoder.readObject());
  }

  /** All values of the bytes. */
  public static List<@Nullable Object> decodeAll(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    List<@Nullable Object> values = new ArrayList<>();
    while (buffer.hasRemaining()) {
      values.add(decode(buffer));
    }
    return values;
  }

  private static @Nullable Object known(@Nullable Object value) {
    if (!(value instanceof DescribedType type)
        || !(type.getDescriptor() instanceof UnsignedLong code)
        || !(type.getDescribed() instanceof List<?> list)) {
      return value;
    }
    Kind kind = Kind.of(code.longValue());
    if (kind == null) {
      return value;
    }
    Composite composite = Composite.of(kind);
    for (int i = 0; i < list.size(); i++) {
      Object field = known(list.get(i));
      if (field != null) {
        composite = composite.with(kind.names().get(i), field);
      }
    }
    return composite;
  }

  /** The bytes of a binary field. */
  public static byte[] bytes(@Nullable Object binary) {
    Binary value = (Binary) binary;
    if (value == null) {
      return new byte[0];
    }
    ByteBuffer buffer = value.asByteBuffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
