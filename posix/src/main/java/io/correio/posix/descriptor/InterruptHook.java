package io.correio.posix.descriptor;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * Has {@link Thread#interrupt} run something. What lets a selector be woken by an interrupt is open
 * to whoever writes one, so this is written as a selector; it selects nothing.
 */
final class InterruptHook extends AbstractSelector {
  private final Runnable wakeup;

  InterruptHook(Runnable wakeup) {
    super(SelectorProvider.provider());
    this.wakeup = wakeup;
  }

  /** From here on interrupts of this thread run it; at once if there was one. */
  void enter() {
    begin();
  }

  /** No more of that. */
  void leave() {
    end();
  }

  @Override
  public Selector wakeup() {
    wakeup.run();
    return this;
  }

  @Override
  protected void implCloseSelector() {}

  @Override
  protected SelectionKey register(
      AbstractSelectableChannel channel, int operations, Object attachment) {
    throw selectsNothing();
  }

  @Override
  public Set<SelectionKey> keys() {
    throw selectsNothing();
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    throw selectsNothing();
  }

  @Override
  public int selectNow() {
    throw selectsNothing();
  }

  @Override
  public int select(long timeout) {
    throw selectsNothing();
  }

  @Override
  public int select() {
    throw selectsNothing();
  }

  private static UnsupportedOperationException selectsNothing() {
    return new UnsupportedOperationException("this is for interrupts alone");
  }
}
