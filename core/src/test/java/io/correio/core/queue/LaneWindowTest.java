package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.identity.Identities;
import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.routing.QueueDefinition;
import io.correio.core.routing.RoutingTable;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LaneWindowTest {

  private static final int COUNT = 10;

  @Test
  void large_messages_are_fetched_only_as_far_as_a_page_goes() {
    LaneWindow window = coldWindow();
    Message large = message(WindowBudget.MAX_PAGE_BYTES * 3 / 4);
    long[] wanted = Objects.requireNonNull(window.startFetch(1));
    assertThat(wanted).hasSize(COUNT).startsWith(1, 2, 3);
    window.fetched(page(window, wanted, large, large));
    assertThat(window.startFetch(1)).isNull();

    window.removeHead(Objects.requireNonNull(window.head()));
    assertThat(window.startFetch(1)).startsWith(3, 4).hasSize(COUNT - 2);
  }

  @Test
  void
      message_that_goes_next_and_lacks_its_body_is_fetched_whatever_else_is_there_when_somebody_can_take_it() {
    LaneWindow window = coldWindow();
    Message large = message(WindowBudget.MAX_PAGE_BYTES * 3 / 4);
    long[] wanted = Objects.requireNonNull(window.startFetch(1));
    window.fetched(page(window, wanted, large, large, large));
    QueuedMessage head = Objects.requireNonNull(window.head());
    window.removeHead(head);
    window.putInFlight(head);
    head.message = null;
    window.giveBack(head);
    assertThat(window.startFetch(1)).isNull();
    ConnectionEntry somebody = new ConnectionEntry(1, effect -> {}, null, 1);
    window.queue.addTake(new QueueConversation.PendingTake(somebody, 1, true));
    assertThat(window.startFetch(1)).startsWith(1, 4);
  }

  private static LaneWindow coldWindow() {
    QueueState state = new QueueState(RoutingTable.of(List.of()), Identities.EMPTY);
    QueueDefinition definition = new QueueDefinition(1, "q", true, false, false, Arguments.EMPTY);
    state.apply(1, new Fact.QueueDeclared(definition));
    LaneWindow window =
        new QueueConversation(definition, 0, state, new WindowBudget(64 << 20)).pair(0).durable;
    for (int i = 1; i <= COUNT; i++) {
      state.apply(
          1 + i, new Fact.Enqueued(message(1), new long[] {window.laneId()}, new long[] {i}));
    }
    window.lane(state);
    return window;
  }

  private static Message message(int bytes) {
    return new Message(
        new Envelope(new Address("", "q"), true, 0, Envelope.NO_EXPIRY),
        new Content(1, new byte[2], new byte[bytes]));
  }

  private static Command.PageRead page(LaneWindow window, long[] wanted, Message... found) {
    @Nullable Message[] messages = new @Nullable Message[wanted.length];
    System.arraycopy(found, 0, messages, 0, found.length);
    return new Command.PageRead(
        window.laneId(), wanted, new long[wanted.length], messages, found.length);
  }
}
