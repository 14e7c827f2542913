/** Values of AMQP 1.0 on the wire: checked, walked over and written without an object for each. */
@NullMarked
package io.correio.amqp.v10;

import org.jspecify.annotations.NullMarked;
