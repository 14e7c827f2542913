package io.correio.posix;

import static io.correio.posix.PosixSocket.WOULD_BLOCK;

import java.lang.foreign.MemorySegment;

/**
 * Sending all, and receiving until the buffer is full: call after call, and what was done before
 * one fails is not forgotten. Stateless but for the socket's parts; for any number of threads.
 */
final class WholeTransfer {
  private final SocketCore core;
  private final Transfer transfer;

  WholeTransfer(SocketCore core, Transfer transfer) {
    this.core = core;
    this.transfer = transfer;
  }

  int send(byte[] data, int offset, int length) throws PosixException {
    int done = 0;
    do {
      try {
        int sent = transfer.send(data, offset + done, length - done, 0);
        if (sent == WOULD_BLOCK) {
          return done;
        }
        done += sent;
      } catch (PosixException e) {
        throw e.after(done);
      }
    } while (done < length);
    return done;
  }

  long send(MemorySegment data) throws PosixException {
    long length = data.byteSize();
    long done = 0;
    do {
      try {
        long sent = transfer.send(data, done, length - done, 0);
        if (sent == WOULD_BLOCK) {
          return done;
        }
        done += sent;
      } catch (PosixException e) {
        throw e.after(done);
      }
    } while (done < length);
    return done;
  }

  /** Whether MSG_WAITALL means something here; with MSG_PEEK it does not. */
  boolean isWanted(int flags) {
    return (flags & (MessageFlags.WAITALL | MessageFlags.PEEK)) == MessageFlags.WAITALL
        && core.type == SocketType.STREAM;
  }

  long receive(MemorySegment buffer, long offset, long length, int flags) throws PosixException {
    long done = 0;
    do {
      long received;
      try {
        received =
            transfer.receive(buffer, offset + done, length - done, flags & ~MessageFlags.WAITALL);
      } catch (PosixException e) {
        throw e.after(done);
      }
      if (received <= 0) {
        return done == 0 ? received : done;
      }
      done += received;
    } while (done < length);
    return done;
  }
}
