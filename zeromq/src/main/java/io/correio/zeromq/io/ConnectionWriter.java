package io.correio.zeromq.io;

import io.correio.zeromq.pipe.OutBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The writing half of a {@link Connection}: octets of the handshake first, then what the pipe has.
 * Owned by the socket's lock.
 */
final class ConnectionWriter {
  private final SocketChannel channel;
  private final StreamPipe pipe;
  private final BufferPool buffers;
  private byte[] urgent = {};
  private int urgentWritten;
  private boolean blocked;
  private boolean broken;

  ConnectionWriter(SocketChannel channel, StreamPipe pipe, BufferPool buffers) {
    this.channel = channel;
    this.pipe = pipe;
    this.buffers = buffers;
  }

  /** Handshake: octets that go before everything else. */
  void urgent(byte[] octets) {
    byte[] joined = new byte[urgent.length - urgentWritten + octets.length];
    System.arraycopy(urgent, urgentWritten, joined, 0, urgent.length - urgentWritten);
    System.arraycopy(octets, 0, joined, urgent.length - urgentWritten, octets.length);
    urgent = joined;
    urgentWritten = 0;
  }

  /**
   * Writes what waits, as much as the channel takes.
   *
   * @param ready whether the handshake is done, so that messages may go
   */
  void flush(boolean ready) {
    if (broken) {
      return;
    }
    blocked = false;
    ByteBuffer buffer = buffers.take();
    try {
      while (urgentWritten < urgent.length || (ready && !pipe.out().isEmpty())) {
        buffer.clear();
        int first = Math.min(urgent.length - urgentWritten, buffer.remaining());
        buffer.put(urgent, urgentWritten, first);
        OutBuffer out = pipe.out();
        if (ready) {
          out.copyTo(buffer);
        }
        buffer.flip();
        int count = channel.write(buffer);
        int ofUrgent = Math.min(count, first);
        urgentWritten += ofUrgent;
        if (count > ofUrgent) {
          out.advance(count - ofUrgent);
        }
        if (buffer.hasRemaining()) {
          blocked = true;
          break;
        }
      }
    } catch (IOException e) {
      // What the peer wrote before is still to be read, and its end comes with it.
      broken = true;
      pipe.failed(String.valueOf(e.getMessage()));
    } finally {
      buffers.give(buffer);
    }
  }

  /**
   * Closes the channel. What is left of the handshake goes where the channel takes it at once: it
   * is why the peer is refused.
   */
  void close() {
    try {
      if (urgentWritten < urgent.length && !broken) {
        channel.write(ByteBuffer.wrap(urgent, urgentWritten, urgent.length - urgentWritten));
      }
      channel.shutdownOutput();
      // What is not read makes the system reset the connection, and the peer lose what it has not
      // read.
      ByteBuffer drain = buffers.take();
      while (channel.read(drain) > 0) {
        drain.clear();
      }
      buffers.give(drain);
    } catch (IOException e) {
      // It is broken already.
      pipe.failed(String.valueOf(e.getMessage()));
    } finally {
      close(channel);
    }
  }

  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger(ConnectionWriter.class.getName())
          .log(System.Logger.Level.DEBUG, "a channel did not close cleanly", e);
    }
  }

  /** Whether the channel took less than there was. */
  boolean isBlocked() {
    return blocked;
  }
}
