package io.correio.client;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * What can go wrong between a program and its queue manager. The message names the queue, the
 * manager, the cause and what to do.
 */
public abstract sealed class MessagingException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private MessagingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The manager cannot be reached, or was away for longer than calls wait for it. */
  public static final class Unavailable extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Names the manager and why it is away. */
    public Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The manager knows the user, or the password, not; or does not allow what was asked. */
  public static final class AccessRefused extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Names who may not do what. */
    public AccessRefused(String message) {
      super(message, null);
    }
  }

  /** There is no such queue, or it was deleted meanwhile. */
  public static final class NoSuchQueue extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Names the queue. */
    public NoSuchQueue(String message) {
      super(message, null);
    }
  }

  /** The manager refuses a message, or what else was asked; asking again does not help. */
  public static final class Refused extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Says what was refused, and why. */
    public Refused(String message) {
      super(message, null);
    }
  }

  /** Nothing of a transaction happened; it can be run again. */
  public static final class RolledBack extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Says why. */
    public RolledBack(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Whether it happened is not known: the connection broke in between. */
  public static final class OutcomeUnknown extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Says what may have happened. */
    public OutcomeUnknown(String message) {
      super(message, null);
    }
  }

  /** No answer to a request came in time. */
  public static final class NoReply extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Names the queue that was asked, and how long. */
    public NoReply(String message) {
      super(message, null);
    }
  }

  /** The manager, or the subscription, was closed on this side. */
  public static final class Closed extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Says what was closed. */
    public Closed(String message) {
      super(message, null);
    }
  }

  /** The calling thread was interrupted; it still is. */
  public static final class Interrupted extends MessagingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Says while what. */
    public Interrupted(String message) {
      super(message, null);
    }
  }
}
