package io.correio.tests.amqp10;

import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Performatives;
import io.correio.amqp.v10.peer.ScriptedPeer;
import io.correio.tests.broker.Broker;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;

/** A scripted peer over a socket. A test opens and closes it. */
final class SocketPeer extends ScriptedPeer implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;

  SocketPeer(Broker broker) throws IOException {
    socket = new Socket(broker.host(), broker.amqpPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Logged in, opened, with a session on channel 0. */
  static SocketPeer begun(Broker broker) throws IOException {
    SocketPeer peer = opened(broker, Performatives.open("peer"));
    peer.begin(0);
    return peer;
  }

  static SocketPeer opened(Broker broker, Composite open) throws IOException {
    SocketPeer peer = new SocketPeer(broker);
    peer.open(open);
    return peer;
  }

  /** How long a read waits before it fails with {@link java.net.SocketTimeoutException}. */
  void patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  @Override
  protected void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  @Override
  protected byte[] read(int length) throws IOException {
    byte[] bytes = new byte[length];
    try {
      in.readFully(bytes);
    } catch (SocketException e) {
      EOFException end = new EOFException(e.getMessage());
      end.initCause(e);
      throw end;
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
