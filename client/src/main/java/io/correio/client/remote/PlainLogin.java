package io.correio.client.remote;

import io.correio.client.MessagingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.engine.sasl.SaslClientContext;
import org.apache.qpid.protonj2.engine.sasl.SaslClientListener;
import org.apache.qpid.protonj2.engine.sasl.SaslOutcome;
import org.apache.qpid.protonj2.types.Symbol;

/** Logs in by SASL PLAIN (part 5, section 5.3). Guarded by the manager's lock. */
final class PlainLogin implements SaslClientListener {
  private static final Symbol PLAIN = Symbol.valueOf("PLAIN");

  private final ManagerAddress address;
  private final Consumer<Exception> onFailure;

  PlainLogin(ManagerAddress address, Consumer<Exception> onFailure) {
    this.address = address;
    this.onFailure = onFailure;
  }

  @Override
  public void handleSaslMechanisms(SaslClientContext context, Symbol[] mechanisms) {
    if (mechanisms == null || !Arrays.asList(mechanisms).contains(PLAIN)) {
      onFailure.accept(
          new MessagingException.AccessRefused(
              address
                  + " offers the logins "
                  + Arrays.toString(mechanisms)
                  + " and not PLAIN; use an account with a password"));
      return;
    }
    byte[] response =
        ("\0" + address.user() + "\0" + address.password()).getBytes(StandardCharsets.UTF_8);
    context.sendChosenMechanism(
        PLAIN, address.host(), ProtonBufferAllocator.defaultAllocator().copy(response));
  }

  @Override
  public void handleSaslChallenge(SaslClientContext context, ProtonBuffer challenge) {
    onFailure.accept(new IOException("the manager has a question to a login that needs none"));
  }

  @Override
  public void handleSaslOutcome(
      SaslClientContext context, SaslOutcome outcome, ProtonBuffer additional) {
    switch (outcome) {
      case SASL_OK -> {}
      case SASL_AUTH, SASL_PERM ->
          onFailure.accept(
              new MessagingException.AccessRefused(
                  "login refused by "
                      + address
                      + "; check user and password, and that this user may come from here"));
      default -> onFailure.accept(new IOException("the manager is too busy to check a login"));
    }
  }
}
