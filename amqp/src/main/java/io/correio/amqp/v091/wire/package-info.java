/** The elementary types of AMQP 0-9-1: strings, field tables, content properties, reply codes. */
@NullMarked
package io.correio.amqp.v091.wire;

import org.jspecify.annotations.NullMarked;
