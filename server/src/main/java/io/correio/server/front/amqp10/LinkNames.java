package io.correio.server.front.amqp10;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who has a link's name now. A link is one thing over all connections of a container (part 2,
 * section 2.6.1): whoever attaches it anew takes it from the connection that had it. Only a
 * connection of the same user can, in the same virtual host. Thread-safe; as large as there are
 * links.
 */
public final class LinkNames {

  /** What links are told apart by. */
  record Name(String virtualHost, String user, String container, String link, boolean peerSends) {}

  /** A link that has a name until somebody takes it or it ends. */
  static final class Claim {
    private final LinkNames names;
    private final Name name;
    private final Runnable taken;

    private Claim(LinkNames names, Name name, Runnable taken) {
      this.names = names;
      this.name = name;
      this.taken = taken;
    }

    /** The link has ended. Idempotent. */
    void release() {
      names.claims.remove(name, this);
    }
  }

  private final ConcurrentMap<Name, Claim> claims = new ConcurrentHashMap<>();

  /**
   * Takes a name for a link.
   *
   * @param taken called when another link takes it in turn, by that one's thread
   */
  Claim claim(Name name, Runnable taken) {
    Claim claim = new Claim(this, name, taken);
    Claim before = claims.put(name, claim);
    if (before != null) {
      before.taken.run();
    }
    return claim;
  }

  /** How many links have their names. */
  int size() {
    return claims.size();
  }
}
