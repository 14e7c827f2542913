package io.correio.server.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.correio.amqp.v091.Amqp091Engine;
import io.correio.amqp.v091.FrameEncoder;
import io.correio.amqp.v091.FrameHandler;
import io.correio.amqp.v091.SaslCredentials;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.FieldTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a broker of AMQP 0-9-1, logged in: frames out through {@link #encoder}
 * and {@link #flush}, frames in through {@link #read}. The two halves may belong to two threads,
 * one each; {@link #close} belongs to whoever opened it, once both have stopped. Asks for no
 * heartbeats.
 */
public final class Amqp091Connection implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int HANDSHAKE_TIMEOUT_MILLIS = 30_000;
  private static final int CLOSE_TIMEOUT_MILLIS = 2_000;
  private static final int READ_BYTES = 64 << 10;
  private static final int FRAME_MAX = 128 << 10;
  private static final int CHANNEL_MAX = 2047;
  private static final int MAX_BODY_BYTES = 128 << 20;

  private final AmqpUrl url;
  private final Socket socket;
  private final InputStream in;
  private final byte[] inBytes = new byte[READ_BYTES];
  private final SocketOutput out;
  private final FrameEncoder encoder;
  private final Amqp091Engine engine = Amqp091Engine.client(FRAME_MAX, CHANNEL_MAX);
  private final Inbound inbound = new Inbound();
  private final Queue<ConnectionMethod> replies = new ArrayDeque<>();
  private ChannelHandler handler = new NoChannels();
  private int timeoutMillis = -1;
  private boolean closedByBroker;
  private volatile @Nullable String blockedReason;
  private FieldTable serverProperties = FieldTable.empty();

  private Amqp091Connection(AmqpUrl url, Socket socket) throws IOException {
    this.url = url;
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = new SocketOutput(socket.getOutputStream());
    this.encoder = new FrameEncoder(out);
  }

  /**
   * Connects and logs in.
   *
   * @param product what the broker's operator sees as the client's name
   * @throws ClientException naming the broker, the cause and what to do
   */
  public static Amqp091Connection open(AmqpUrl url, String product) throws ClientException {
    Socket socket = connect(url);
    try {
      Amqp091Connection connection = new Amqp091Connection(url, socket);
      connection.handshake(product);
      return connection;
    } catch (IOException e) {
      closeQuietly(socket);
      throw e instanceof ClientException known
          ? known
          : new ClientException("login to " + url + " failed: " + e.getMessage(), e);
    }
  }

  /** Writes frames into a buffer; UncheckedIOException when a full one cannot be sent. */
  public FrameEncoder encoder() {
    return encoder;
  }

  /** Sends what was encoded; blocks while the broker reads slowly. */
  public void flush() throws IOException {
    out.flush();
  }

  /** Bytes encoded and not sent. */
  public int waiting() {
    return out.waiting();
  }

  /** Whether bytes have arrived, so that a read would not block. */
  public boolean readable() throws IOException {
    return in.available() > 0;
  }

  /**
   * Reads what has arrived, waiting for the first byte, and passes methods and contents of channels
   * to the handler. What concerns the connection is dealt with here.
   *
   * @param timeout milliseconds to wait, 0 for as long as it takes
   * @return false when nothing came in time
   * @throws ClientException when the broker closed the connection, with its reason
   */
  public boolean read(ChannelHandler handler, int timeout) throws IOException {
    if (timeout != timeoutMillis) {
      socket.setSoTimeout(timeout);
      timeoutMillis = timeout;
    }
    int count;
    try {
      count = in.read(inBytes);
    } catch (SocketTimeoutException e) {
      return false;
    }
    if (count < 0) {
      throw new ClientException("the broker at " + address() + " closed the connection", null);
    }
    this.handler = handler;
    try {
      engine.receive(ByteBuffer.wrap(inBytes, 0, count), inbound);
    } catch (AmqpException e) {
      throw new ClientException("the broker sent what is not AMQP 0-9-1: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return true;
  }

  /** What the broker told of itself. */
  public FieldTable serverProperties() {
    return serverProperties;
  }

  /** Why the broker does not take publishes at the moment; null when it does. */
  public @Nullable String blockedReason() {
    return blockedReason;
  }

  /** Ends the conversation, waiting at most two seconds for the broker's answer. */
  @Override
  public void close() {
    try {
      if (closedByBroker) {
        encoder.method(0, new ConnectionMethod.CloseOk());
        flush();
      } else {
        encoder.method(0, new ConnectionMethod.Close(200, "goodbye", 0, 0));
        flush();
        engine.onlyClose();
        await(ConnectionMethod.CloseOk.class, CLOSE_TIMEOUT_MILLIS);
      }
    } catch (IOException | UncheckedIOException e) {
      // The broker is gone: there is nobody to say goodbye to.
    } finally {
      closeQuietly(socket);
    }
  }

  private static Socket connect(AmqpUrl url) throws ClientException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(url.host(), url.port()), CONNECT_TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      closeQuietly(socket);
      String where = url.host() + ":" + url.port();
      throw new ClientException(
          switch (e) {
            case UnknownHostException unknown -> "there is no host " + url.host();
            case ConnectException refused ->
                "no broker listens on " + where + "; start one with ./correio server, or say --url";
            default -> "cannot connect to " + where + ": " + e.getMessage();
          },
          e);
    }
  }

  private void handshake(String product) throws IOException {
    encoder.protocolHeader();
    flush();
    ConnectionMethod.Start start = await(ConnectionMethod.Start.class, HANDSHAKE_TIMEOUT_MILLIS);
    serverProperties = start.serverProperties();
    if (!Arrays.asList(start.mechanisms().split(" ", -1)).contains(SaslCredentials.PLAIN)) {
      throw new ClientException(
          "the broker offers the logins " + start.mechanisms() + ", not PLAIN", null);
    }
    send(
        new ConnectionMethod.StartOk(
            properties(product),
            SaslCredentials.PLAIN,
            SaslCredentials.plain(url.user(), url.password()),
            "en_US"));
    ConnectionMethod.Tune tune = await(ConnectionMethod.Tune.class, HANDSHAKE_TIMEOUT_MILLIS);
    int frameMax = (int) smaller(tune.frameMax(), FRAME_MAX);
    int channelMax = (int) smaller(tune.channelMax(), CHANNEL_MAX);
    engine.limits(frameMax, channelMax);
    encoder.frameMax(frameMax);
    send(new ConnectionMethod.TuneOk(channelMax, frameMax, 0));
    send(new ConnectionMethod.Open(url.virtualHost()));
    await(ConnectionMethod.OpenOk.class, HANDSHAKE_TIMEOUT_MILLIS);
  }

  private <M extends ConnectionMethod> M await(Class<M> expected, int timeout) throws IOException {
    NoChannels nobody = new NoChannels();
    while (replies.isEmpty()) {
      if (!read(nobody, timeout)) {
        throw new ClientException(address() + " did not answer within " + timeout + " ms", null);
      }
    }
    ConnectionMethod reply = replies.remove();
    if (!expected.isInstance(reply)) {
      throw new ClientException(
          "the broker sent " + reply.protocolName() + " in the middle of the login", null);
    }
    return expected.cast(reply);
  }

  private void send(Method method) throws IOException {
    encoder.method(0, method);
    flush();
  }

  /** Of two limits, where 0 of the broker's stands for none. */
  private static long smaller(long brokers, long ours) {
    return brokers == 0 ? ours : Math.min(brokers, ours);
  }

  private static FieldTable properties(String product) {
    FieldTable.Builder capabilities = FieldTable.builder();
    for (String each :
        List.of(
            "authentication_failure_close",
            "basic.nack",
            "connection.blocked",
            "consumer_cancel_notify",
            "exchange_exchange_bindings",
            "publisher_confirms")) {
      capabilities.put(each, true);
    }
    return FieldTable.builder()
        .put("product", "Correio")
        .put("connection_name", product)
        .put("capabilities", capabilities.build())
        .build();
  }

  private String address() {
    return url.host() + ":" + url.port();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more, whether it closes or not.
    }
  }

  /** Keeps what belongs to the connection away from the handler of its channels. */
  private final class Inbound implements FrameHandler {
    @Override
    public void onProtocolHeader() {}

    @Override
    public void onUnsupportedProtocol(byte[] received) {
      throw refusal(
          new ClientException(
              address()
                  + " does not speak AMQP 0-9-1; it answered "
                  + new String(received, US_ASCII).replaceAll("[^ -~]", "."),
              null));
    }

    @Override
    public void onMethod(int channel, Method method) {
      switch (method) {
        case ConnectionMethod.Close close -> {
          closedByBroker = true;
          throw refusal(
              new ClientException(
                  close.replyCode(),
                  "the broker at " + address() + " closed the connection: " + close.replyText()));
        }
        case ConnectionMethod.Blocked blocked -> blockedReason = blocked.reason();
        case ConnectionMethod.Unblocked unblocked -> blockedReason = null;
        case ConnectionMethod reply -> replies.add(reply);
        default -> handler.onMethod(channel, method);
      }
    }

    @Override
    public boolean onContentHeader(int channel, ContentMethod method, long bodySize) {
      if (bodySize > MAX_BODY_BYTES) {
        throw refusal(
            new ClientException(
                "a message of " + bodySize + " bytes; this client takes up to " + MAX_BODY_BYTES,
                null));
      }
      return true;
    }

    @Override
    public void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {
      handler.onContent(channel, method, properties, body);
    }

    @Override
    public void onHeartbeat() {}

    private UncheckedIOException refusal(ClientException cause) {
      return new UncheckedIOException(cause);
    }
  }

  /** Used while no channel is open, and when nobody cares any more. */
  private static final class NoChannels implements ChannelHandler {
    @Override
    public void onMethod(int channel, Method method) {}

    @Override
    public void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {}
  }
}
