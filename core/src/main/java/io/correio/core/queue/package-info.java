/**
 * Queues as pure state: commands are decided into facts and effects; no clock, no I/O, no thread.
 */
@NullMarked
package io.correio.core.queue;

import org.jspecify.annotations.NullMarked;
