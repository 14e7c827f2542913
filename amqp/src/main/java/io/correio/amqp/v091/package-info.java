/**
 * The frames of AMQP 0-9-1: bytes to methods and contents and back; knows no socket and no queue.
 */
@NullMarked
package io.correio.amqp.v091;

import org.jspecify.annotations.NullMarked;
