package io.correio.core.queue;

import io.correio.core.routing.QueueDefinition;

/**
 * A queue at one moment.
 *
 * @param definition how it was declared
 * @param ready messages that wait for a taker
 * @param unsettled messages handed out and not settled
 * @param consumers consumers of the queue
 */
public record QueueStatistics(
    QueueDefinition definition, long ready, long unsettled, int consumers) {}
