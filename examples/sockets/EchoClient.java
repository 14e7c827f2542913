package sockets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.posix.Address;
import io.correio.posix.AddressFamily;
import io.correio.posix.PosixSocket;
import io.correio.posix.SocketType;
import java.io.IOException;

/**
 * Sends a greeting, prints what comes back, and closes, which tells the server that this is all.
 */
final class EchoClient {
  private EchoClient() {}

  /** Takes the server's port on this machine. */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    try (PosixSocket socket = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      socket.connect(Address.Inet4.loopback(port));
      socket.sendAll("Hello, world".getBytes(UTF_8));
      byte[] buffer = new byte[1024];
      int count = socket.receive(buffer);
      System.out.println(new String(buffer, 0, count, UTF_8));
    }
  }
}
