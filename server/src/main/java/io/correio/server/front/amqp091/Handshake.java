package io.correio.server.front.amqp091;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.SaslCredentials;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.LongString;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.manager.VirtualHost;
import io.correio.server.auth.AuthResult;
import io.correio.server.auth.LoginCallback;
import io.correio.server.auth.SaslMechanisms;
import io.correio.server.auth.ScramExchange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beginning of a connection (section 2.2.4 of the specification): greeting, login, limits,
 * virtual host. Owned by the connection's loop.
 *
 * <pre>
 *   HEADER ──protocol header──▶ START ──start-ok──▶ LOGIN ──password is right──▶ TUNE ──tune-ok──▶ OPEN
 *                    (start is sent)  │  ▲    │                     (tune is sent)                  │
 *                     empty response, │  │    └─wrong──▶ REFUSED                                open│
 *            or SCRAM (secure is sent)▼  │secure-ok                                  (open-ok sent) ▼
 *                                    SECURE ──SCRAM: the last secure-ok──▶ TUNE                   DONE
 * </pre>
 */
final class Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
  private static final int VERSION_MAJOR = 0;
  private static final int VERSION_MINOR = 9;

  /** Longer user names and passwords are refused unseen. */
  private static final int MAX_SECRET_LENGTH = 4_096;

  private static final String LOCALES = "en_US";

  private enum State {
    HEADER,
    START,
    SECURE,
    LOGIN,
    REFUSED,
    TUNE,
    OPEN,
    DONE
  }

  private final Amqp091Session session;
  private final Amqp091Front front;
  private volatile boolean abandoned;
  private State state = State.HEADER;
  private ClientProperties client = ClientProperties.NONE;
  private List<String> offered = List.of();
  private String mechanism = "";
  private @Nullable ScramExchange exchange;

  /** The server's proof is sent, and the client need only take note of it. */
  private boolean proven;

  private String user = "";
  private int heartbeatSeconds;

  Handshake(Amqp091Session session, Amqp091Front front) {
    this.session = session;
    this.front = front;
  }

  /** The client began: greets it. */
  void onProtocolHeader() {
    state = State.START;
    offered = front.mechanisms().offered(session.wire().peerCertificate());
    session
        .encoder()
        .method(
            0,
            new ConnectionMethod.Start(
                VERSION_MAJOR,
                VERSION_MINOR,
                serverProperties(),
                String.join(" ", offered),
                LOCALES));
  }

  private FieldTable serverProperties() {
    FieldTable capabilities =
        FieldTable.builder()
            .put("publisher_confirms", true)
            .put("exchange_exchange_bindings", true)
            .put("basic.nack", true)
            .put("consumer_cancel_notify", true)
            .put("connection.blocked", true)
            .put("authentication_failure_close", true)
            .put("per_consumer_qos", true)
            .build();
    FieldTable.Builder properties = FieldTable.builder();
    if (front.hosts().httpPort() > 0) {
      properties.put("http_port", front.hosts().httpPort());
    }
    return properties
        .put("capabilities", capabilities)
        .put("product", "Correio")
        .put("version", front.version())
        .put("platform", "Java " + Runtime.version().feature())
        .put("information", "Licensed under the Apache License, Version 2.0")
        .build();
  }

  /** Takes a method on channel 0 while the connection is not open. */
  void onMethod(Method method) {
    if (state == State.START && method instanceof ConnectionMethod.StartOk startOk) {
      onStartOk(startOk);
    } else if (state == State.SECURE && method instanceof ConnectionMethod.SecureOk secureOk) {
      onSecureOk(secureOk.response(), secureOk);
    } else if (state == State.TUNE && method instanceof ConnectionMethod.TuneOk tuneOk) {
      onTuneOk(tuneOk);
    } else if (state == State.OPEN && method instanceof ConnectionMethod.Open open) {
      onOpen(open);
    } else {
      throw Errors.of(
          ReplyCode.COMMAND_INVALID,
          method,
          "unexpected %s while the connection is in state %s"
              .formatted(method.protocolName(), state));
    }
  }

  private void onStartOk(ConnectionMethod.StartOk method) {
    client = ClientProperties.of(method.clientProperties());
    mechanism = method.mechanism();
    if (!offered.contains(mechanism)) {
      throw Errors.of(
              ReplyCode.ACCESS_REFUSED,
              method,
              "unsupported authentication mechanism '%s'; use one of %s"
                  .formatted(cut(mechanism), String.join(" ", offered)))
          .onConnectionLevel();
    }
    boolean loopback = session.wire().isLoopback();
    if (mechanism.equals(SaslMechanisms.EXTERNAL)) {
      String actAs = new String(method.response().bytes(), UTF_8);
      onStep(
          front.mechanisms().external(session.wire().peerCertificate(), actAs, loopback), method);
      return;
    }
    exchange = front.mechanisms().exchange(mechanism, loopback);
    if (method.response().length() == 0) {
      state = State.SECURE;
      session.encoder().method(0, new ConnectionMethod.Secure(LongString.of("")));
      return;
    }
    onSecureOk(method.response(), method);
  }

  private void onSecureOk(LongString response, Method method) {
    ScramExchange running = exchange;
    if (proven) {
      tune();
    } else if (running == null) {
      login(response, method);
    } else {
      onStep(running.respond(response.bytes()), method);
    }
  }

  private void onStep(ScramExchange.Step step, Method method) {
    switch (step) {
      case ScramExchange.Challenge challenge -> secure(challenge.message());
      case ScramExchange.Accepted accepted -> {
        user = accepted.user();
        if (accepted.message().length == 0) {
          tune();
        } else {
          // Tune has no room for the server's proof, so it is the last challenge.
          proven = true;
          secure(accepted.message());
        }
      }
      case ScramExchange.Refused refused -> {
        user = refused.user();
        LOG.warn(
            "{}: login of user '{}' refused: {}",
            session.peer(),
            cut(refused.user()),
            refused.reason());
        refuse(AuthResult.WRONG, method);
      }
    }
  }

  private void secure(byte[] challenge) {
    state = State.SECURE;
    session.encoder().method(0, new ConnectionMethod.Secure(LongString.of(challenge)));
  }

  private void login(LongString response, Method method) {
    if (response.length() > MAX_SECRET_LENGTH) {
      throw Errors.of(
          ReplyCode.SYNTAX_ERROR,
          method,
          "a login response of more than " + MAX_SECRET_LENGTH + " bytes");
    }
    SaslCredentials credentials =
        mechanism.equals(SaslCredentials.PLAIN)
            ? SaslCredentials.parsePlain(response)
            : SaslCredentials.parseAmqplain(response);
    state = State.LOGIN;
    user = credentials.user();
    session.pause(Pause.LOGIN);
    front
        .login()
        .authenticate(
            user,
            credentials.password().getBytes(UTF_8),
            session.wire().isLoopback(),
            new LoginCallback() {
              @Override
              public boolean isAwaited() {
                return !abandoned;
              }

              @Override
              public void accept(AuthResult result) {
                session.execute(() -> onLogin(result, method));
              }
            });
  }

  /** The peer is gone. */
  void abandon() {
    abandoned = true;
  }

  private void onLogin(AuthResult result, Method method) {
    if (state != State.LOGIN || session.isClosing()) {
      return;
    }
    if (result == AuthResult.ACCEPTED) {
      tune();
      session.resume(Pause.LOGIN);
    } else {
      refuse(result, method);
    }
  }

  private void tune() {
    state = State.TUNE;
    SessionLimits limits = front.limits();
    session
        .encoder()
        .method(
            0,
            new ConnectionMethod.Tune(
                limits.channelMax(), limits.frameMaxBytes(), limits.heartbeatSeconds()));
  }

  private void refuse(AuthResult result, Method method) {
    state = State.REFUSED;
    AmqpException refusal =
        Errors.of(
                ReplyCode.ACCESS_REFUSED,
                method,
                "Login was refused using authentication mechanism %s; %s"
                    .formatted(mechanism, remedy(result)))
            .onConnectionLevel();
    session.onLoginRefused(cut(user), refusal, client.authenticationFailureClose());
  }

  private static String remedy(AuthResult result) {
    return switch (result) {
      case LOOPBACK_ONLY ->
          "this user can only connect from the server's own machine, so use another one";
      case BUSY -> "too many logins are being checked, so try again later";
      case WRONG, ACCEPTED -> "check user and password";
    };
  }

  private void onTuneOk(ConnectionMethod.TuneOk method) {
    SessionLimits limits = front.limits();
    checkNegotiated("channel_max", method.channelMax(), 0, limits.channelMax(), method);
    checkNegotiated(
        "frame_max",
        method.frameMax(),
        SessionLimits.FRAME_MIN_BYTES,
        limits.frameMaxBytes(),
        method);
    heartbeatSeconds = method.heartbeat();
    session.onTuned((int) method.frameMax(), method.channelMax(), heartbeatSeconds);
    state = State.OPEN;
  }

  private static void checkNegotiated(String what, long value, long min, long max, Method method) {
    if (value == 0 || value > max) {
      throw Errors.of(
          ReplyCode.NOT_ALLOWED,
          method,
          "negotiated %s = %d%s is higher than the maximum allowed value (%d)"
              .formatted(what, value, value == 0 ? " (no limit)" : "", max));
    }
    if (value < min) {
      throw Errors.of(
          ReplyCode.NOT_ALLOWED,
          method,
          "negotiated %s = %d is lower than the minimum allowed value (%d)"
              .formatted(what, value, min));
    }
  }

  private void onOpen(ConnectionMethod.Open method) {
    String name = method.virtualHost();
    VirtualHost host = front.hosts().virtualHost(name);
    if (host == null) {
      throw Errors.of(
          ReplyCode.NOT_ALLOWED,
          method,
          "vhost %s not found; create it, or open another".formatted(name));
    }
    if (!front.hosts().identities().hasAccess(user, name)) {
      throw Errors.of(
          ReplyCode.NOT_ALLOWED,
          method,
          "access to vhost '%s' refused for user '%s'; an administrator can grant it"
              .formatted(name, user));
    }
    state = State.DONE;
    session.onOpened(new OpenConnection(session, host, user, client, front.hosts()));
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), 100));
  }
}
