package io.correio.client.remote;

import io.correio.client.Message;
import io.correio.client.MessagingException;
import io.correio.client.remote.ReceivingLink.Arrival;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.apache.qpid.protonj2.types.messaging.Accepted;

/** One request and its answer. Used once, by one thread. */
final class RemoteRequest {

  /** Links to queues for answers share a pool of idle ones; no queue's address is empty. */
  private static final String REPLIES = "";

  private final RemoteQueueManager manager;
  private final String queue;

  RemoteRequest(RemoteQueueManager manager, String queue) {
    this.manager = manager;
    this.queue = queue;
  }

  Message ask(Message message, long deadline, Duration wait) {
    String correlation =
        message.correlationId() == null ? UUID.randomUUID().toString() : message.correlationId();
    manager.lock();
    ReceivingLink link;
    String replyTo;
    try {
      link = manager.links().borrow(queue, REPLIES, ReceivingLink.Kind.REPLIES);
      replyTo = link.replyAddress(deadline);
    } finally {
      manager.unlock();
    }
    try {
      manager
          .queue(queue)
          .put(message.toBuilder().replyTo(replyTo).correlationId(correlation).build());
      return answer(link, correlation, deadline, wait);
    } finally {
      manager.lock();
      manager.links().giveBack(link);
      manager.unlock();
    }
  }

  private Message answer(ReceivingLink link, String correlation, long deadline, Duration wait) {
    manager.lock();
    try {
      while (true) {
        Arrival arrival = link.take(deadline, () -> 1, true);
        if (arrival == null) {
          throw new MessagingException.NoReply(
              manager.describe("request to", queue)
                  + ": no answer within "
                  + wait
                  + "; does anybody serve that queue?");
        }
        link.settle(arrival, Accepted.getInstance());
        if (Objects.equals(arrival.message().correlationId(), correlation)) {
          return arrival.message();
        }
        // A late answer to an earlier request over this link: nobody waits for it.
      }
    } finally {
      manager.unlock();
    }
  }
}
