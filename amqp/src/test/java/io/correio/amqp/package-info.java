/** What tests of the wire protocols share. */
@NullMarked
package io.correio.amqp;

import org.jspecify.annotations.NullMarked;
