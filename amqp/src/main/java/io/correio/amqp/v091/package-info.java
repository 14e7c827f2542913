/** AMQP 0-9-1 on the wire: methods, headers, tables and frames; knows no socket and no queue. */
@NullMarked
package io.correio.amqp.v091;

import org.jspecify.annotations.NullMarked;
