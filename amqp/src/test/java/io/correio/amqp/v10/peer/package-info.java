/** A peer that speaks AMQP 1.0 as a test tells it, right or wrong, by a codec of its own. */
@NullMarked
package io.correio.amqp.v10.peer;

import org.jspecify.annotations.NullMarked;
