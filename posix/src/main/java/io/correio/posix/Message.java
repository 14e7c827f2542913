package io.correio.posix;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link PosixSocket#sendmsg} sends ({@code struct msghdr}). The buffers and descriptors are
 * the caller's still.
 *
 * @param data sent one after the other, each from its position to its limit, as one message
 * @param to the receiver, where the socket is not connected
 * @param descriptors of which the receiver gets its own (SCM_RIGHTS); Unix sockets, at most {@value
 *     #DESCRIPTORS_MAX}
 * @param credentials to be vouched for by the kernel (SCM_CREDENTIALS); Unix sockets
 */
public record Message(
    List<ByteBuffer> data,
    @Nullable Address to,
    List<Descriptor> descriptors,
    @Nullable Credentials credentials) {

  /** Most descriptors of one message. */
  public static final int DESCRIPTORS_MAX = 253;

  /** Checks the number of descriptors. */
  public Message {
    data = List.copyOf(data);
    descriptors = List.copyOf(descriptors);
    if (descriptors.size() > DESCRIPTORS_MAX) {
      throw new IllegalArgumentException(
          descriptors.size()
              + " descriptors in one message, at most "
              + DESCRIPTORS_MAX
              + "; send several messages");
    }
  }

  /** Data alone. */
  public static Message of(ByteBuffer... data) {
    return new Message(List.of(data), null, List.of(), null);
  }

  /** The same to a receiver. */
  public Message to(Address receiver) {
    return new Message(data, receiver, descriptors, credentials);
  }

  /** The same with descriptors beside those it has. */
  public Message with(Descriptor... more) {
    List<Descriptor> all = new ArrayList<>(descriptors);
    all.addAll(List.of(more));
    return new Message(data, to, all, credentials);
  }

  /** The same with credentials. */
  public Message with(Credentials sender) {
    return new Message(data, to, descriptors, sender);
  }

  long length() {
    return data.stream().mapToLong(ByteBuffer::remaining).sum();
  }
}
