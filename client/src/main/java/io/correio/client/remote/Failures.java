package io.correio.client.remote;

import io.correio.client.MessagingException;
import org.jspecify.annotations.Nullable;

/** What went wrong in another thread, for the one that waited. */
final class Failures {

  private Failures() {}

  /** An exception of the same kind that shows where the caller is. */
  static MessagingException rethrown(@Nullable Throwable cause) {
    return switch (cause) {
      case MessagingException.Unavailable e ->
          new MessagingException.Unavailable(text(e), e.getCause());
      case MessagingException.AccessRefused e -> new MessagingException.AccessRefused(text(e));
      case MessagingException.NoSuchQueue e -> new MessagingException.NoSuchQueue(text(e));
      case MessagingException.OutcomeUnknown e -> new MessagingException.OutcomeUnknown(text(e));
      case MessagingException.RolledBack e ->
          new MessagingException.RolledBack(text(e), e.getCause());
      case MessagingException.Closed e -> new MessagingException.Closed(text(e));
      case null -> new MessagingException.Refused("refused without a reason");
      default -> new MessagingException.Refused(text(cause));
    };
  }

  private static String text(Throwable e) {
    return String.valueOf(e.getMessage());
  }
}
