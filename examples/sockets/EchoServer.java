package sockets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.posix.Address;
import io.correio.posix.AddressFamily;
import io.correio.posix.PosixSocket;
import io.correio.posix.SocketOption;
import io.correio.posix.SocketType;
import java.io.IOException;
import java.util.Arrays;

/** Sends back what one client sends, with a star behind it, until the client has finished. */
final class EchoServer {
  private static final byte[] STAR = " *".getBytes(UTF_8);

  private EchoServer() {}

  /** Takes a port; 0, or none, is any free one. */
  public static void main(String[] arguments) throws IOException {
    int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
    try (PosixSocket listener = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      listener.setsockopt(SocketOption.SO_REUSEADDR, true);
      listener.bind(Address.Inet4.loopback(port));
      listener.listen(1);
      System.out.println("listening on " + listener.getsockname());
      try (PosixSocket connection = listener.accept()) {
        byte[] buffer = new byte[1024];
        for (int count = connection.receive(buffer); count > 0; ) {
          byte[] reply = Arrays.copyOf(buffer, count + STAR.length);
          System.arraycopy(STAR, 0, reply, count, STAR.length);
          connection.sendAll(reply);
          count = connection.receive(buffer);
        }
      }
    }
  }
}
