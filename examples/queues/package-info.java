/** Queues, with senders and receivers that run or have stopped. */
@NullMarked
package queues;

import org.jspecify.annotations.NullMarked;
