package io.correio.tests.proof;

import io.correio.tests.proof.Stages.Place;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A blocking socket that speaks {@link ToyFront}'s protocol. Confined to one thread, which opens
 * and closes it.
 */
final class ToyClient implements AutoCloseable {

  /** Connections tried until one is on the loop that is asked for. */
  private static final int MAX_TRIES = 16;

  private static final int LENGTH_BYTES = 4;

  private final Socket socket;
  private final DataInputStream in;
  private final boolean onHome;

  private ToyClient(int port, byte mode) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    socket.getOutputStream().write(new byte[] {'T', 'O', 'Y', mode});
    onHome = in.readByte() == 1;
  }

  /** Connects until the connection is on the shard's home loop, or is not, as asked. */
  static ToyClient open(int port, byte mode, boolean onHome) throws IOException {
    for (int i = 0; i < MAX_TRIES; i++) {
      ToyClient client = new ToyClient(port, mode);
      if (client.onHome == onHome) {
        return client;
      }
      client.close();
    }
    throw new IOException("no connection came to the loop that was asked for");
  }

  private static ByteBuffer frames(int count, int size) {
    ByteBuffer frames = ByteBuffer.allocate(count * (LENGTH_BYTES + size));
    for (int i = 0; i < count; i++) {
      frames.putInt(size).position(frames.position() + size);
    }
    return frames.flip();
  }

  /**
   * Sends one frame after the other, each when the one before is answered.
   *
   * @return how long each took in nanoseconds, sorted
   */
  long[] oneAtATime(int count, int size, Stages stages) throws IOException {
    byte[] frame = frames(1, size).array();
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      stages.mark(Place.SENT);
      long start = System.nanoTime();
      socket.getOutputStream().write(frame);
      long number = in.readLong();
      nanos[i] = System.nanoTime() - start;
      stages.mark(Place.ANSWERED);
      stages.take();
      if (number != i + 1) {
        throw new IOException("frame " + (i + 1) + " was answered with " + number);
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }

  /** Keeps so many frames unanswered until all are sent and answered. */
  void manyAtATime(int count, int size, int outstanding) throws IOException {
    byte[] burst = frames(outstanding, size).array();
    int frameBytes = LENGTH_BYTES + size;
    long sent = 0;
    long answered = 0;
    while (answered < count) {
      int more = (int) Math.min(count - sent, outstanding - (sent - answered));
      socket.getOutputStream().write(burst, 0, more * frameBytes);
      sent += more;
      do {
        answered = in.readLong();
      } while (in.available() >= Long.BYTES);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
