/** AMQP 1.0 (OASIS standard, 2012) over the core's verbs; the wire is protonj2's. */
@NullMarked
package io.correio.server.front.amqp10;

import org.jspecify.annotations.NullMarked;
