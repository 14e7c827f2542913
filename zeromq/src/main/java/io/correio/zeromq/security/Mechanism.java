package io.correio.zeromq.security;

import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One side of a security handshake, which follows the greeting of ZMTP 3.x. Takes and gives the
 * bodies of command frames. Owned by whoever runs the connection, for one connection; not
 * thread-safe. {@link #close} wipes keys and has to be called however the handshake ends.
 *
 * <pre>
 *                    consume, produce              all said and heard
 *   HANDSHAKING ─────────────────────────────────────────────────────► READY
 *     │     ▲ answer: 200                                                │
 *     ▼     │                                                            ▼
 *   AUTHENTICATING ── answer: 300, 400, 500 ──► FAILED ◄── peer's ERROR  traffic, through
 *                                               produce() may have       {@link #cipher} if
 *                                               an ERROR to send first   there is one
 * </pre>
 *
 * After every call, send what {@link #produce} gives until it gives null, then look at {@link
 * #state}.
 */
public sealed interface Mechanism extends AutoCloseable
    permits NullMechanism, PlainClient, PlainServer, CurveClient, CurveServer {
  /** How far a handshake has come. */
  enum State {
    /** Commands are still to be sent or received. */
    HANDSHAKING,
    /** {@link #pendingRequest} waits for {@link #answer}. The peer's commands may still come. */
    AUTHENTICATING,
    /** Done: messages may pass. */
    READY,
    /** Refused by one side: {@link #refusal} says why; the connection has to be closed. */
    FAILED
  }

  /** The name in the greeting. */
  String name();

  /** Whether this is the mechanism's server, for the greeting; never with NULL. */
  boolean isServer();

  /** How far the handshake has come. */
  State state();

  /** The body of the command that has to be sent next, or null while there is none. */
  byte @Nullable [] produce();

  /**
   * Takes the body of a command frame from the peer.
   *
   * @throws ZmtpException if it is malformed, out of turn or forged; close the connection without a
   *     word, a forger is told nothing
   */
  void consume(byte[] command) throws ZmtpException;

  /** What an {@link Authenticator} has to be asked before the handshake goes on. */
  Optional<ZapRequest> pendingRequest();

  /**
   * The answer to {@link #pendingRequest}.
   *
   * @throws IllegalStateException if nothing was asked
   */
  void answer(ZapReply reply);

  /** What was answered, once it was: the user id and metadata of a peer that was let in. */
  Optional<ZapReply> authentication();

  /**
   * The peer's metadata.
   *
   * @throws IllegalStateException unless {@link State#READY}
   */
  Metadata peerMetadata();

  /** Why the handshake failed, if it did. */
  Optional<Refusal> refusal();

  /** What every frame passes through once {@link State#READY}; null if frames pass as they are. */
  @Nullable FrameCipher cipher();

  /** Wipes the keys of the handshake, not those of {@link #cipher}. May be called again. */
  @Override
  void close();
}
