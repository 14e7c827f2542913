package io.correio.core.queue;

import java.util.ArrayList;
import java.util.List;

/** A credit that several consumers of a connection share. Owned by the shard. */
final class CreditPool {

  final List<Consumer> consumers = new ArrayList<>(1);
  int limit = Command.UNLIMITED;
  boolean flowing = true;
  int outstanding;

  boolean hasCredit() {
    return flowing && outstanding < limit;
  }
}
