/** A load generator for AMQP 0-9-1: producers, consumers, and what they measured. */
@NullMarked
package io.correio.server.perf;

import org.jspecify.annotations.NullMarked;
