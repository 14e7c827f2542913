package io.correio.server.cli;

import io.correio.posix.PosixException;
import io.correio.posix.PosixSocket;
import io.correio.posix.ShutdownHow;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Joins a connection with the process's standard input and output. */
final class SocketStreams {
  private static final int BUFFER_BYTES = 64 * 1024;

  private SocketStreams() {}

  /**
   * Sends what comes on standard input, and prints what is received, until the other side ends. The
   * end of standard input ends sending, and so tells the other side.
   */
  static void join(PosixSocket connection) throws IOException {
    Thread sender =
        Thread.ofPlatform().daemon().name("socket-sender").unstarted(() -> send(connection));
    sender.start();
    receive(connection);
  }

  private static void receive(PosixSocket connection) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    // Not System.out: it hides what fails, and a closed pipe should end this.
    OutputStream output = new FileOutputStream(FileDescriptor.out);
    for (int n = connection.receive(buffer); n > 0; n = connection.receive(buffer)) {
      output.write(buffer, 0, n);
    }
  }

  private static void send(PosixSocket connection) {
    byte[] buffer = new byte[BUFFER_BYTES];
    InputStream input = System.in;
    try {
      for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
        connection.sendAll(buffer, 0, n);
      }
      connection.shutdown(ShutdownHow.WRITE);
    } catch (PosixException e) {
      // The other side has gone, or the connection was closed here: receiving has found that, too.
    } catch (IOException e) {
      System.err.println("correio socket: standard input failed: " + e.getMessage());
    }
  }
}
