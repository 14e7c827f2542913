package io.correio.amqp.v091.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the short string that was read last, so that a peer who sends the same one again costs
 * no new String. At most 255 bytes. Owned by whoever owns the reader.
 */
public final class ShortStringCache {
  private ByteBuffer bytes = ByteBuffer.allocate(0);
  private String text = "";

  /** Creates a cache that holds the empty string. */
  public ShortStringCache() {}

  /** The string if the buffer's remaining bytes are the remembered ones, otherwise null. */
  @Nullable String match(ByteBuffer remaining) {
    return bytes.equals(remaining) ? text : null;
  }

  void remember(byte[] encoded, String decoded) {
    bytes = ByteBuffer.wrap(encoded);
    text = decoded;
  }
}
