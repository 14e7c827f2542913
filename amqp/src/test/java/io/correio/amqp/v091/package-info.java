/** Tests of AMQP 0-9-1 on the wire. */
@NullMarked
package io.correio.amqp.v091;

import org.jspecify.annotations.NullMarked;
