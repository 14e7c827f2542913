/** A queue manager in another process, over AMQP 1.0, connected again whenever it is lost. */
@NullMarked
package io.correio.client.remote;

import org.jspecify.annotations.NullMarked;
