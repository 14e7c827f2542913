/** Tests of the queues' decisions. */
@NullMarked
package io.correio.core.queue;

import org.jspecify.annotations.NullMarked;
