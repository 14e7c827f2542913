package io.correio.zeromq.security;

import io.correio.zeromq.wire.Command;
import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the mechanisms share: the queue of one command, ERROR, and the question to ZAP. */
abstract sealed class Handshake
    permits NullMechanism, PlainClient, PlainServer, CurveClient, CurveServer {
  private final String name;
  private final Metadata metadata;
  private final @Nullable ZapContext zap;
  private final ArrayDeque<byte[]> due = new ArrayDeque<>(2);
  private Metadata peerMetadata = Metadata.EMPTY;
  private boolean finished;
  private @Nullable ZapRequest pending;
  private @Nullable ZapReply authentication;
  private @Nullable Refusal refusal;

  /**
   * @param metadata what the peer is told
   * @param zap whether and as what an authenticator is asked about the peer
   */
  Handshake(String name, Metadata metadata, @Nullable ZapContext zap) {
    this.name = name;
    this.metadata = metadata;
    this.zap = zap;
  }

  /** Takes a command that is no ERROR, while the handshake goes on. */
  abstract void receive(String command, byte[] body) throws ZmtpException;

  /** Goes on after the authenticator let the peer in. */
  abstract void authenticated();

  public String name() {
    return name;
  }

  public Mechanism.State state() {
    if (refusal != null) {
      return Mechanism.State.FAILED;
    }
    if (pending != null) {
      return Mechanism.State.AUTHENTICATING;
    }
    return finished && due.isEmpty() ? Mechanism.State.READY : Mechanism.State.HANDSHAKING;
  }

  public byte @Nullable [] produce() {
    return due.poll();
  }

  public void consume(byte[] command) throws ZmtpException {
    if (refusal != null) {
      // The connection is about to be closed: what still comes is of no interest.
      return;
    }
    if (command.length > Command.HANDSHAKE_LENGTH_MAX) {
      throw new ZmtpException(
          ZmtpException.Kind.TOO_LARGE,
          "the peer sent a command of %d octets in the handshake; at most %d are allowed"
              .formatted(command.length, Command.HANDSHAKE_LENGTH_MAX));
    }
    String commandName = Command.name(command);
    if (commandName.equals("ERROR")) {
      Command.ErrorCommand error = (Command.ErrorCommand) Command.decode(command);
      pending = null;
      refuse(Refusal.ofPeer(error.reason()));
    } else {
      receive(commandName, command);
    }
  }

  public Optional<ZapRequest> pendingRequest() {
    return Optional.ofNullable(pending);
  }

  public void answer(ZapReply reply) {
    if (refusal != null) {
      // The peer gave up while the authenticator was thinking.
      return;
    }
    if (pending == null) {
      throw new IllegalStateException("no authenticator was asked about this peer");
    }
    pending = null;
    authentication = reply;
    if (reply.statusCode() == ZapReply.OK) {
      authenticated();
      return;
    }
    // RFC 37, "Error Handling": an ERROR is for good, a silent close is worth another try.
    if (reply.statusCode() != ZapReply.TEMPORARY) {
      send(new Command.ErrorCommand(Integer.toString(reply.statusCode())).encode());
    }
    refuse(new Refusal(false, reply.statusCode(), reply.statusText()));
  }

  public Optional<ZapReply> authentication() {
    return Optional.ofNullable(authentication);
  }

  public Metadata peerMetadata() {
    if (state() != Mechanism.State.READY) {
      throw new IllegalStateException("the handshake is not complete: look at state() first");
    }
    return peerMetadata;
  }

  public Optional<Refusal> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** What the peer is told. */
  final Metadata metadata() {
    return metadata;
  }

  /** Puts a command into the queue of what has to be sent. */
  final void send(byte[] command) {
    due.add(command);
  }

  /** Keeps what the peer told. */
  final void keep(Metadata told) {
    peerMetadata = told;
  }

  /** Everything is said and heard, but for what is in the queue. */
  final void finish() {
    finished = true;
  }

  /** Asks about the peer where it is wanted, otherwise goes on at once. */
  final void ask(List<byte[]> credentials) {
    if (zap == null) {
      authenticated();
    } else {
      pending = ZapRequest.of(zap, name, credentials);
    }
  }

  final ZmtpException unexpected(String command) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(command.length(), 20); i++) {
      char c = command.charAt(i);
      shown.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return new ZmtpException(
        ZmtpException.Kind.UNEXPECTED,
        "the peer sent %s out of turn in the %s handshake".formatted(shown, name));
  }

  private void refuse(Refusal why) {
    refusal = why;
  }
}
