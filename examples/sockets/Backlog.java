package sockets;

import io.correio.posix.Address;
import io.correio.posix.AddressFamily;
import io.correio.posix.Errno;
import io.correio.posix.Poll;
import io.correio.posix.PollFd;
import io.correio.posix.PosixException;
import io.correio.posix.PosixSocket;
import io.correio.posix.SocketType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows what a backlog is: clients connect to a listener that accepts nobody, until one has to
 * wait; then the listener accepts.
 */
final class Backlog {
  private static final int PATIENCE_MILLIS = 500;

  private Backlog() {}

  /** Takes the backlog; 3 without one. */
  public static void main(String[] arguments) throws IOException {
    int backlog = arguments.length == 0 ? 3 : Integer.parseInt(arguments[0]);
    List<PosixSocket> clients = new ArrayList<>();
    try (PosixSocket listener = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM)) {
      listener.bind(Address.Inet4.loopback(0));
      listener.listen(backlog);
      PosixSocket client = request(listener, clients);
      while (isConnected(client, PATIENCE_MILLIS)) {
        client = request(listener, clients);
      }
      int held = clients.size() - 1;
      System.out.println("backlog " + backlog + ": " + held + " connections stand, none accepted");
      System.out.println("the next client gets no answer, and is not refused");
      for (int i = 0; i < held; i++) {
        listener.accept().close();
      }
      System.out.println("all accepted: the next client's request, when repeated, goes through");
      System.out.println("connected: " + isConnected(client, -1));
    } finally {
      for (PosixSocket client : clients) {
        client.close();
      }
    }
  }

  private static PosixSocket request(PosixSocket listener, List<PosixSocket> clients)
      throws IOException {
    PosixSocket client = PosixSocket.socket(AddressFamily.INET, SocketType.STREAM);
    clients.add(client);
    client.setNonBlocking(true);
    try {
      client.connect(listener.getsockname());
    } catch (PosixException e) {
      if (e.errno() != Errno.EINPROGRESS) {
        throw e;
      }
    }
    return client;
  }

  private static boolean isConnected(PosixSocket client, int millis) throws PosixException {
    return Poll.poll(new PollFd[] {new PollFd(client, PollFd.POLLOUT)}, millis) == 1;
  }
}
