package io.correio.zeromq.pipe;

import io.correio.zeromq.model.Message;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A queue of messages with one writer and one reader at a time, in linked chunks. The writer's and
 * the reader's socket locks make them one at a time each. Its bound is the pipe's high-water mark.
 *
 * <pre>
 *   head → [ m m m … next ] → [ m m . … . ] ← tail
 * </pre>
 */
final class MessageQueue {
  private static final int CHUNK = 255;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

  private Object[] tail = new Object[CHUNK + 1];
  private int tailIndex;
  private long written;
  private Object[] head = tail;
  private int headIndex;
  private long read;
  private volatile long acknowledged;

  /** Writer: appends; a full fence follows, so that flags read afterwards are current. */
  void offer(Message message) {
    if (tailIndex == CHUNK) {
      Object[] next = new Object[CHUNK + 1];
      next[0] = message;
      SLOT.setRelease(tail, CHUNK, (Object) next);
      tail = next;
      tailIndex = 1;
    } else {
      SLOT.setRelease(tail, tailIndex++, (Object) message);
    }
    written++;
    VarHandle.fullFence();
  }

  /** Writer: how many messages the reader has not acknowledged. */
  long unacknowledged() {
    return written - acknowledged;
  }

  /** Writer: how many were ever appended. */
  long written() {
    return written;
  }

  /** Reader: the next message, or null. */
  @Nullable Message poll() {
    if (headIndex == CHUNK) {
      Object next = SLOT.getAcquire(head, CHUNK);
      if (next == null) {
        return null;
      }
      head = (Object[]) next;
      headIndex = 0;
    }
    Object message = SLOT.getAcquire(head, headIndex);
    if (message == null) {
      return null;
    }
    head[headIndex++] = null;
    read++;
    return (Message) message;
  }

  /** Reader: how many were read and not acknowledged. */
  long owed() {
    return read - acknowledged;
  }

  /** Reader: lets the writer know how much was read; a full fence follows. */
  void acknowledge() {
    acknowledged = read;
    VarHandle.fullFence();
  }

  /** Reader: how many were ever read. */
  long read() {
    return read;
  }
}
