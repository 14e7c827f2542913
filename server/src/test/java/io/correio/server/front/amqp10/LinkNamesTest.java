package io.correio.server.front.amqp10;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkNamesTest {

  private final LinkNames names = new LinkNames();
  private final List<String> taken = new ArrayList<>();

  private LinkNames.Claim claim(String host, String user, boolean peerSends, String who) {
    return names.claim(
        new LinkNames.Name(host, user, "container", "link", peerSends), () -> taken.add(who));
  }

  @Test
  void whoever_claims_a_name_takes_it_from_who_had_it() {
    LinkNames.Claim first = claim("/", "ana", true, "first");
    claim("/", "ana", true, "second");
    assertThat(taken).containsExactly("first");
    first.release(); // the name is the second's now
    claim("/", "ana", true, "third");
    assertThat(taken).containsExactly("first", "second");
  }

  @Test
  void other_users_hosts_and_directions_keep_theirs() {
    claim("/", "ana", true, "ana");
    claim("/", "eva", true, "eva");
    claim("other", "ana", true, "elsewhere");
    claim("/", "ana", false, "receives");
    assertThat(taken).isEmpty();
  }

  @Test
  void released_names_are_forgotten() {
    LinkNames.Claim claim = claim("/", "ana", true, "first");
    claim.release();
    claim.release();
    assertThat(names.size()).isZero();
    claim("/", "ana", true, "second");
    assertThat(taken).isEmpty();
  }
}
