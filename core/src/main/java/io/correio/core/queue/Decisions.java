package io.correio.core.queue;

import io.correio.core.message.Message;

/**
 * Where a decision goes: facts into the entry being written, effects to connections. The shard
 * implements it and calls the {@link Decider}; everything happens on the shard's thread.
 */
public interface Decisions {

  /** Position of the entry that the facts decided now become part of. */
  long position();

  /** Adds a fact to the entry and applies it to the state, so what is decided next builds on it. */
  void fact(Fact fact);

  /**
   * A connection caused facts of this entry: no later reply to it, {@link Effect.Taken} included,
   * leaves before they are durable.
   */
  void causedBy(ConnectionEntry connection);

  /**
   * Something for a connection to see.
   *
   * @param dependsOn position that has to be durable before it leaves; 0 for none
   */
  void effect(ConnectionEntry connection, long dependsOn, Effect effect);

  /**
   * Asks a reader for messages of a lane. They come back as {@link Command.PageRead}.
   *
   * @param maxBytes the page ends when it has so many bytes; it has one message at least
   */
  void fetch(long lane, long[] sequences, int maxBytes);

  /**
   * As {@link #fetch}, for a scan; the page comes back as {@link Command.ScanRead}. One of no
   * messages comes back at once, behind the commands that wait.
   */
  void scan(long scan, long lane, long[] sequences, int maxBytes);

  /**
   * Writes a message of transient lanes to the scratch log, from where it can be fetched. The
   * sequences of a lane must come in ascending order.
   *
   * @param besideSequences for each lane, where the message stands beside the durable one
   */
  void spill(long[] lanes, long[] sequences, long[] besideSequences, Message message);

  /** Whether so many bytes may be spilled that were not reserved. */
  boolean maySpill(long bytes);

  /** Whether what is decided at once may take so many bytes of log, whatever room there is. */
  boolean fits(long bytes);

  /**
   * Whether so many bytes may be decided now: there is room for them in the log, and not too much
   * is decided and not durable yet. Called between two commands, the second of which takes the
   * bytes.
   */
  boolean reserve(long bytes);

  /**
   * Bytes of facts without messages that can be logged for certain, even if the disk is full: what
   * {@link #reserve} gives and what is kept back for them.
   */
  long reserveLeft();

  /** A command is decided, and another follows: what the two bring about need not be one entry. */
  void betweenCommands();

  /**
   * Whether the last {@link #reserve} failed because the disk has no room, and not for a moment.
   */
  boolean isRoomShort();
}
