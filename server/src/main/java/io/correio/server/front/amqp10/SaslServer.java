package io.correio.server.front.amqp10;

import io.correio.amqp.v091.SaslCredentials;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.LongString;
import io.correio.server.auth.AuthResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.engine.sasl.SaslOutcome;
import org.apache.qpid.protonj2.engine.sasl.SaslServerContext;
import org.apache.qpid.protonj2.engine.sasl.SaslServerListener;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.transport.AMQPHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's side of a login (part 5, section 5.3). Owned by the connection's loop. */
final class SaslServer implements SaslServerListener {

  private static final Logger LOG = LoggerFactory.getLogger(SaslServer.class);
  private static final String PLAIN = SaslCredentials.PLAIN;
  private static final String ANONYMOUS = "ANONYMOUS";

  /** Who a peer without a login is: the user that may come from this machine only. */
  static final String ANONYMOUS_USER = "guest";

  private final Amqp10Session session;
  private final Amqp10Front front;

  SaslServer(Amqp10Session session, Amqp10Front front) {
    this.session = session;
    this.front = front;
  }

  @Override
  public void handleSaslHeader(SaslServerContext context, AMQPHeader header) {
    List<String> mechanisms = new ArrayList<>(List.of(PLAIN));
    if (session.mayBeAnonymous()) {
      mechanisms.add(ANONYMOUS);
    }
    context.sendMechanisms(mechanisms.toArray(String[]::new));
  }

  @Override
  public void handleSaslInit(SaslServerContext context, Symbol mechanism, ProtonBuffer response) {
    String name = mechanism.toString();
    if (name.equals(ANONYMOUS) && session.mayBeAnonymous()) {
      session.onLoggedIn(ANONYMOUS_USER);
      context.sendOutcome(SaslOutcome.SASL_OK, null);
    } else if (name.equals(PLAIN)) {
      onPlain(context, response);
    } else {
      refuse(context, "", "the mechanism " + name + " was not offered; use PLAIN");
    }
  }

  private void onPlain(SaslServerContext context, ProtonBuffer response) {
    SaslCredentials credentials;
    try {
      credentials = SaslCredentials.parsePlain(LongString.of(bytes(response)));
    } catch (AmqpException e) {
      refuse(context, "", e.replyText());
      return;
    }
    session.pauseForLogin();
    front
        .login()
        .authenticate(
            credentials.user(),
            credentials.password().getBytes(StandardCharsets.UTF_8),
            session.wire().isLoopback(),
            result -> session.wire().execute(() -> onChecked(context, credentials.user(), result)));
  }

  private static byte[] bytes(ProtonBuffer response) {
    byte[] bytes = new byte[response == null ? 0 : response.getReadableBytes()];
    if (response != null) {
      response.readBytes(bytes, 0, bytes.length);
    }
    return bytes;
  }

  private void onChecked(SaslServerContext context, String user, AuthResult result) {
    if (session.isEnded()) {
      return;
    }
    session.resumeAfterLogin();
    switch (result) {
      case ACCEPTED -> {
        session.onLoggedIn(user);
        session.guarded(() -> context.sendOutcome(SaslOutcome.SASL_OK, null));
      }
      case BUSY -> session.guarded(() -> context.sendOutcome(SaslOutcome.SASL_TEMP, null));
      case WRONG -> refuse(context, user, "check user and password");
      case LOOPBACK_ONLY ->
          refuse(context, user, "this user can only connect from the server's own machine");
    }
  }

  private void refuse(SaslServerContext context, String user, String reason) {
    LOG.warn("{}: login of user '{}' refused: {}", session.wire().peer(), user, reason);
    session.guarded(() -> context.sendOutcome(SaslOutcome.SASL_AUTH, null));
    session.end("login refused");
  }

  @Override
  public void handleSaslResponse(SaslServerContext context, ProtonBuffer response) {
    refuse(context, "", "no challenge was sent that this could answer");
  }
}
