package io.correio.posix;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link PosixSocket#recvmsg} received.
 *
 * @param count bytes; 0 is a message without any, or the end of a connection; {@link
 *     PosixSocket#WOULD_BLOCK} is nothing
 * @param from the sender; {@link Address.UnixUnnamed} where it has no address
 * @param descriptors the caller's to close
 * @param credentials the sender's, where SO_PASSCRED is set
 * @param flags what became of it: {@link MessageFlags#TRUNC}, {@link MessageFlags#CTRUNC}, {@link
 *     MessageFlags#EOR}, {@link MessageFlags#OOB}
 */
public record ReceivedMessage(
    long count,
    Address from,
    List<Descriptor> descriptors,
    @Nullable Credentials credentials,
    int flags) {

  /** Whether the buffers were too short for the message. */
  public boolean truncated() {
    return (flags & MessageFlags.TRUNC) != 0;
  }

  /** Whether descriptors or credentials were lost for want of room. */
  public boolean controlTruncated() {
    return (flags & MessageFlags.CTRUNC) != 0;
  }
}
