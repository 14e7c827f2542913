/** AMQP 0-9-1 byte by byte: what no well-behaved client sends, and what the broker answers. */
@NullMarked
package io.correio.tests.wire;

import org.jspecify.annotations.NullMarked;
