package io.correio.core.queue;

/** What a receiver says about a message it was handed. */
public enum Settlement {
  /** Processed: it is gone for good. */
  ACCEPTED,
  /** Not processable: dead-lettered where the queue says so, else gone. */
  REJECTED,
  /** Handed back because processing it failed, which is counted: ready again at its old place. */
  RETURNED,
  /** Handed back untouched: ready again at its old place, and nothing is counted. */
  RELEASED
}
