package io.correio.server.front.amqp10;

import io.correio.core.identity.Identities;

/**
 * Permissions as the management node asks for them: those that AMQP 0-9-1 asks for. Owned by the
 * connection's loop.
 */
final class ManagementAccess {

  private final OpenConnection connection;

  ManagementAccess(OpenConnection connection) {
    this.connection = connection;
  }

  private interface Rule {
    boolean allows(Identities identities, String user, String host, String name);
  }

  void checkConfigure(String what, String name) throws ManagementCall.Failure {
    check("configure", Identities::mayConfigure, what, name);
  }

  void checkWrite(String what, String name) throws ManagementCall.Failure {
    check("write", Identities::mayWrite, what, name);
  }

  void checkRead(String what, String name) throws ManagementCall.Failure {
    check("read", Identities::mayRead, what, name);
  }

  private void check(String verb, Rule rule, String what, String name)
      throws ManagementCall.Failure {
    String host = connection.host().name();
    String ruled = what.equals("exchange") && name.isEmpty() ? "amq.default" : name;
    if (!rule.allows(connection.identities(), connection.user(), host, ruled)) {
      throw new ManagementCall.Failure(
          ManagementOperations.FORBIDDEN,
          "%s access to %s '%s' in vhost '%s' refused for user '%s'; an administrator can grant it"
              .formatted(verb, what, ruled, host, connection.user()));
    }
  }

  void checkNotDefault(String exchange) throws ManagementCall.Failure {
    if (exchange.isEmpty()) {
      throw new ManagementCall.Failure(
          ManagementOperations.FORBIDDEN,
          "operation not permitted on the default exchange: every queue is bound to it by its"
              + " name");
    }
  }
}
