package io.correio.core.shard;

/**
 * What to do when a promise can no longer be kept: the disk fails, or what was written cannot be
 * read. The server ends the process at once. Called on any thread, and must not return to business.
 */
@FunctionalInterface
public interface FatalHandler {

  /**
   * Called once or more, by the thread that found it.
   *
   * @param reason what cannot be done any more, in words for an operator
   */
  void failed(String reason, Throwable cause);
}
