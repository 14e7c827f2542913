package io.correio.core.routing;

/** A binding's destination as routing wants it: a queue with its id, or an exchange to go on to. */
sealed interface Target permits QueueDefinition, Destination.ToExchange {}
