/** Tests of the values of AMQP 1.0. */
@NullMarked
package io.correio.amqp.v10;

import org.jspecify.annotations.NullMarked;
