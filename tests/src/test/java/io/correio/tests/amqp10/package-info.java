/** AMQP 1.0 as its clients use it: Qpid JMS, Proton, rhea, and beside them AMQP 0-9-1. */
@NullMarked
package io.correio.tests.amqp10;

import org.jspecify.annotations.NullMarked;
