package io.correio.server.front.amqp091;

import io.correio.amqp.v091.wire.FieldTable;

/**
 * What a client said of itself in {@code connection.start-ok}, as far as it matters afterwards.
 *
 * @param name what the client calls the connection, for logs; may be empty
 * @param consumerCancelNotify whether it understands a {@code basic.cancel} from the server
 * @param connectionBlocked whether it understands {@code connection.blocked}
 * @param authenticationFailureClose whether a refused login is told by {@code connection.close}
 */
record ClientProperties(
    String name,
    boolean consumerCancelNotify,
    boolean connectionBlocked,
    boolean authenticationFailureClose) {

  /** Longer names are cut. */
  private static final int MAX_NAME_LENGTH = 100;

  static final ClientProperties NONE = new ClientProperties("", false, false, false);

  static ClientProperties of(FieldTable table) {
    FieldTable capabilities = table.getTable("capabilities").orElse(FieldTable.empty());
    String name = table.getString("connection_name").orElse("");
    return new ClientProperties(
        name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH)),
        capabilities.getBoolean("consumer_cancel_notify", false),
        capabilities.getBoolean("connection.blocked", false),
        capabilities.getBoolean("authentication_failure_close", false));
  }
}
