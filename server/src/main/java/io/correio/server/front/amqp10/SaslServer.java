package io.correio.server.front.amqp10;

import io.correio.amqp.v091.SaslCredentials;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.LongString;
import io.correio.server.auth.AuthResult;
import io.correio.server.auth.SaslMechanisms;
import io.correio.server.auth.ScramExchange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.security.SaslChallenge;
import org.apache.qpid.protonj2.types.security.SaslCode;
import org.apache.qpid.protonj2.types.security.SaslInit;
import org.apache.qpid.protonj2.types.security.SaslOutcome;
import org.apache.qpid.protonj2.types.security.SaslPerformative;
import org.apache.qpid.protonj2.types.security.SaslResponse;
import org.apache.qpid.protonj2.types.transport.AMQPHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of a login (part 5, section 5.3), ahead of the engine: the engine's own takes
 * no outcome after a challenge. Owned by the connection's loop.
 *
 * <pre>
 *   HEADER ──▶ INIT ──plain──▶ CHECKING ──right──▶ DONE ──▶ all else is the engine's
 *   (header and  │ └──scram──▶ RESPONSE ──proof──▶  ▲
 *    mechanisms  │              │    └──external, anonymous
 *    are sent)   └──────────────┴── anything else ──▶ REFUSED (outcome auth, then closed)
 * </pre>
 */
final class SaslServer {

  private static final Logger LOG = LoggerFactory.getLogger(SaslServer.class);
  private static final ProtonBufferAllocator BUFFERS = ProtonBufferAllocator.defaultAllocator();
  private static final String ANONYMOUS = "ANONYMOUS";

  /** Who a peer without a login is: the user that may come from this machine only. */
  static final String ANONYMOUS_USER = "guest";

  private enum State {
    HEADER,
    INIT,
    RESPONSE,
    CHECKING,
    DONE,
    REFUSED
  }

  private final Amqp10Session session;
  private final Amqp10Front front;
  private List<String> offered = List.of();
  private @Nullable ScramExchange exchange;
  private State state = State.HEADER;

  SaslServer(Amqp10Session session, Amqp10Front front) {
    this.session = session;
    this.front = front;
  }

  /** Whether the peer has logged in. */
  boolean isDone() {
    return state == State.DONE;
  }

  // ---- bytes ---------------------------------------------------------------------------------

  /** Takes what the peer says until it has logged in; what follows stays in the buffer. */
  void onRead(ByteBuffer in) {
    while (state != State.CHECKING && state != State.DONE && state != State.REFUSED) {
      if (state == State.HEADER) {
        if (in.remaining() < AMQPHeader.HEADER_SIZE_BYTES) {
          return;
        }
        in.position(in.position() + AMQPHeader.HEADER_SIZE_BYTES);
        onHeader();
        continue;
      }
      int size = SaslFrames.size(in);
      if (size == SaslFrames.INCOMPLETE) {
        return;
      }
      SaslPerformative frame = size == SaslFrames.MALFORMED ? null : SaslFrames.read(in, size);
      if (frame instanceof SaslInit init && state == State.INIT) {
        onInit(String.valueOf(init.getMechanism()), bytes(init.getInitialResponse()));
      } else if (frame instanceof SaslResponse response && state == State.RESPONSE) {
        onResponse(bytes(response.getResponse()));
      } else {
        refuse("", "what it sent is not the SASL frame that is due");
      }
    }
  }

  private static byte[] bytes(@Nullable ProtonBuffer response) {
    byte[] bytes = new byte[response == null ? 0 : response.getReadableBytes()];
    if (response != null) {
      response.readBytes(bytes, 0, bytes.length);
    }
    return bytes;
  }

  private static ProtonBuffer buffer(byte[] bytes) {
    return BUFFERS.copy(bytes);
  }

  private void send(SaslPerformative frame) {
    SaslFrames.write(session.wire(), frame);
  }

  // ---- frames --------------------------------------------------------------------------------

  private void onHeader() {
    byte[] header = AMQPHeader.getSASLHeader().toArray();
    session.wire().write(header, 0, header.length);
    List<String> mechanisms =
        new ArrayList<>(front.mechanisms().offered(session.wire().peerCertificate()));
    mechanisms.remove(SaslMechanisms.AMQPLAIN); // its form is one of AMQP 0-9-1
    if (session.mayBeAnonymous()) {
      mechanisms.add(ANONYMOUS);
    }
    offered = mechanisms;
    send(
        new org.apache.qpid.protonj2.types.security.SaslMechanisms()
            .setSaslServerMechanisms(
                mechanisms.stream().map(Symbol::valueOf).toArray(Symbol[]::new)));
    state = State.INIT;
  }

  private void onInit(String mechanism, byte[] response) {
    boolean loopback = session.wire().isLoopback();
    if (!offered.contains(mechanism)) {
      refuse("", "the mechanism " + mechanism + " was not offered; use one of " + offered);
    } else if (mechanism.equals(ANONYMOUS)) {
      accept(ANONYMOUS_USER, null);
    } else if (mechanism.equals(SaslMechanisms.PLAIN)) {
      onPlain(response);
    } else if (mechanism.equals(SaslMechanisms.EXTERNAL)) {
      String actAs = new String(response, StandardCharsets.UTF_8);
      onStep(front.mechanisms().external(session.wire().peerCertificate(), actAs, loopback));
    } else {
      exchange = front.mechanisms().exchange(mechanism, loopback);
      state = State.RESPONSE;
      if (response.length == 0) {
        send(new SaslChallenge().setChallenge(buffer(response))); // RFC 4422, section 3: go on
      } else {
        onResponse(response);
      }
    }
  }

  private void onResponse(byte[] response) {
    ScramExchange running = exchange;
    if (running == null) {
      refuse("", "no challenge was sent that this could answer");
    } else {
      onStep(running.respond(response));
    }
  }

  private void onStep(ScramExchange.Step step) {
    switch (step) {
      case ScramExchange.Challenge challenge ->
          send(new SaslChallenge().setChallenge(buffer(challenge.message())));
      case ScramExchange.Accepted accepted -> accept(accepted.user(), accepted.message());
      case ScramExchange.Refused refused -> refuse(refused.user(), refused.reason());
    }
  }

  private void onPlain(byte[] response) {
    SaslCredentials credentials;
    try {
      credentials = SaslCredentials.parsePlain(LongString.of(response));
    } catch (AmqpException e) {
      refuse("", e.replyText());
      return;
    }
    state = State.CHECKING;
    session.pauseForLogin();
    front
        .login()
        .authenticate(
            credentials.user(),
            credentials.password().getBytes(StandardCharsets.UTF_8),
            session.wire().isLoopback(),
            result -> session.wire().execute(() -> onChecked(credentials.user(), result)));
  }

  private void onChecked(String user, AuthResult result) {
    if (session.isEnded()) {
      return;
    }
    session.resumeAfterLogin();
    switch (result) {
      case ACCEPTED -> accept(user, null);
      case BUSY -> {
        state = State.REFUSED;
        send(new SaslOutcome().setCode(SaslCode.SYS_TEMP));
        session.end("too many logins are being checked");
      }
      case WRONG -> refuse(user, "check user and password");
      case LOOPBACK_ONLY -> refuse(user, "this user can only connect from the server's machine");
    }
  }

  // ---- the end -------------------------------------------------------------------------------

  private void accept(String user, byte @Nullable [] message) {
    state = State.DONE;
    exchange = null;
    session.onLoggedIn(user);
    SaslOutcome outcome = new SaslOutcome().setCode(SaslCode.OK);
    if (message != null && message.length > 0) {
      outcome.setAdditionalData(buffer(message));
    }
    send(outcome);
  }

  private void refuse(String user, String reason) {
    state = State.REFUSED;
    LOG.warn("{}: login of user '{}' refused: {}", session.wire().peer(), user, reason);
    send(new SaslOutcome().setCode(SaslCode.AUTH));
    session.end("login refused");
  }
}
