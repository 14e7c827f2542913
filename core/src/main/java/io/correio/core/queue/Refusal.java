package io.correio.core.queue;

/**
 * Why something was not done, in words for the peer: cause, object, remedy.
 *
 * @param kind the cause, for the front end to translate into its protocol's error
 * @param text one sentence that names the object and, where there is one, the remedy
 */
public record Refusal(Kind kind, String text) {

  /** Causes that front ends tell apart. */
  public enum Kind {
    /** The named queue or exchange does not exist. */
    NOT_FOUND,
    /** It exists with other properties, is in use, or is not empty. */
    PRECONDITION,
    /** An exclusive queue of another connection, or another consumer has it exclusively. */
    LOCKED,
    /** A reserved name, or an operation the object does not offer. */
    FORBIDDEN,
    /** Something the protocol does not allow here, such as a consumer's name used twice. */
    NOT_ALLOWED,
    /** The queue takes no more. */
    FULL,
    /** A named maximum is reached. */
    LIMIT
  }
}
