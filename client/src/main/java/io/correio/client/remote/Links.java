package io.correio.client.remote;

import io.correio.client.MessagingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The links of a manager: one to put by for each queue, and to take by one for each caller, some of
 * which stay for the next caller. Guarded by the manager's lock.
 */
final class Links {

  /** Links to put by that stay attached; beyond, the one longest unused is detached. */
  private static final int MAX_SENDING_LINKS = 100;

  /** Links to get by that stay attached without a caller, for each queue and in all. */
  private static final int MAX_IDLE_LINKS_PER_QUEUE = 4;

  private static final int MAX_IDLE_LINKS = 100;

  private final RemoteQueueManager manager;
  private final Set<RemoteLink> all = new LinkedHashSet<>();
  private final Map<String, SendingLink> senders = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Deque<ReceivingLink>> idle = new HashMap<>();
  private int idleLinks;

  Links(RemoteQueueManager manager) {
    this.manager = manager;
  }

  /** All of them, as they are now. */
  List<RemoteLink> all() {
    return List.copyOf(all);
  }

  /** The link that puts into a queue, attached if there is a connection. Under the lock. */
  SendingLink sender(String queue, String at) {
    manager.checkOpen();
    MessagingException away = manager.awayTooLong();
    if (away != null) {
      throw away;
    }
    SendingLink link = senders.get(at);
    if (link == null) {
      evictSenders();
      link = new SendingLink(manager, queue, at);
      senders.put(at, link);
      join(link);
    }
    return link;
  }

  private void evictSenders() {
    Iterator<SendingLink> oldestFirst = senders.values().iterator();
    while (senders.size() >= MAX_SENDING_LINKS && oldestFirst.hasNext()) {
      SendingLink oldest = oldestFirst.next();
      if (oldest.isIdle()) {
        oldestFirst.remove();
        all.remove(oldest);
        oldest.close();
      }
    }
  }

  private void join(RemoteLink link) {
    all.add(link);
    WireConnection open = manager.connection();
    if (open != null) {
      link.attach(open);
    }
  }

  /** Tells somebody who is no link of a connection's end. Under the lock. */
  void watch(RemoteLink watcher) {
    all.add(watcher);
  }

  void unwatch(RemoteLink watcher) {
    all.remove(watcher);
  }

  void forget(String at, SendingLink link) {
    all.remove(link);
    senders.remove(at, link);
  }

  void forget(ReceivingLink link) {
    all.remove(link);
    Deque<ReceivingLink> same = idle.get(link.address());
    if (same != null && same.remove(link)) {
      idleLinks--;
    }
  }

  /** A link of the caller's own to take by. Under the lock. */
  ReceivingLink borrow(String queue, String at, ReceivingLink.Kind kind) {
    manager.checkOpen();
    Deque<ReceivingLink> same = kind == ReceivingLink.Kind.BROWSING ? null : idle.get(at);
    ReceivingLink link = same == null ? null : same.pollLast();
    if (link != null) {
      idleLinks--;
      return link;
    }
    link = new ReceivingLink(manager, queue, at, kind);
    join(link);
    return link;
  }

  /** The caller is done with it. Under the lock. */
  void giveBack(ReceivingLink link) {
    Deque<ReceivingLink> same = idle.computeIfAbsent(link.address(), at -> new ArrayDeque<>());
    if (link.kind() != ReceivingLink.Kind.BROWSING
        && link.isClean()
        && idleLinks < MAX_IDLE_LINKS
        && same.size() < MAX_IDLE_LINKS_PER_QUEUE) {
      same.addLast(link);
      idleLinks++;
    } else {
      discard(link);
    }
    if (same.isEmpty()) {
      idle.remove(link.address());
    }
  }

  /** Detaches it; what it was given and did not settle is in the queue again. Under the lock. */
  void discard(ReceivingLink link) {
    all.remove(link);
    link.close();
  }

  /** No connection: what was idle is gone. */
  void dropIdle() {
    List<ReceivingLink> dropped = new ArrayList<>();
    idle.values().forEach(dropped::addAll);
    dropped.forEach(all::remove);
    idle.clear();
    idleLinks = 0;
  }
}
