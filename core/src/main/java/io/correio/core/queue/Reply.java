package io.correio.core.queue;

import java.util.List;

/** Answers to requests. */
public sealed interface Reply {

  /** It was done, and there is nothing more to say: declared, bound, cancelled, committed. */
  record Done() implements Reply {}

  /** A queue that exists now. */
  record QueueDeclared(String name, long ready, long consumers) implements Reply {}

  /** A queue was purged or deleted, with so many messages that were ready. */
  record Removed(long messages) implements Reply {}

  /** Nothing was ready to be taken. */
  record Empty() implements Reply {}

  /** What is in the queues, by ascending id. */
  record Queues(List<QueueStatistics> queues) implements Reply {}

  /** It was not done. */
  record Refused(Refusal refusal) implements Reply {}
}
