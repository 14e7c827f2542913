/** A blocking AMQP 0-9-1 client for the command line and the load generator. */
@NullMarked
package io.correio.server.client;

import org.jspecify.annotations.NullMarked;
