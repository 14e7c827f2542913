package io.correio.server.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PublishLedgerTest {
  private final PublishLedger ledger = new PublishLedger();
  private final Notes notes = new Notes();

  /** Writes down outcomes. */
  private static final class Notes implements PublishLedger.Publisher {
    private final List<Long> accepted = new ArrayList<>();
    private final List<Long> rejected = new ArrayList<>();

    @Override
    public void onAccepted(long tag) {
      accepted.add(tag);
    }

    @Override
    public void onRejected(long tag) {
      rejected.add(tag);
    }

    @Override
    public void onReturned(long tag, Message message) {}
  }

  @Test
  void every_publish_has_one_outcome_and_gives_back_what_it_held() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      PublishLedger fresh = new PublishLedger();
      Notes outcomes = new Notes();
      Set<Long> rejected = new HashSet<>();
      long added = 0;
      long settled = 0;
      long held = 0;
      while (added < 2_000) {
        int count = random.nextInt(40);
        for (int i = 0; i < count; i++) {
          added++;
          fresh.add(outcomes, added, 100, (int) added);
          held += added;
        }
        if (added > settled && random.nextInt(3) == 0) {
          long number = settled + 1 + random.nextInt((int) (added - settled));
          held -= fresh.rejected(number);
          rejected.add(number);
        }
        if (random.nextBoolean()) {
          settled += random.nextInt((int) (added - settled) + 1);
          held -= fresh.accepted(settled);
        }
      }
      held -= fresh.accepted(added);
      assertThat(held).isZero();
      assertThat(outcomes.rejected).containsExactlyInAnyOrderElementsOf(rejected);
      assertThat(outcomes.accepted).isSorted().hasSize((int) added - rejected.size());
      assertThat(outcomes.accepted).doesNotContainAnyElementsOf(rejected);
    }
  }

  @Test
  void credit_is_spent_by_number_and_by_size() {
    for (int i = 0; i < VirtualHost.PUBLISH_CREDIT_MESSAGES; i++) {
      assertThat(ledger.isExhausted()).isFalse();
      ledger.add(notes, 0, 1, 0);
    }
    assertThat(ledger.isExhausted()).isTrue();
    ledger.rejected(3);
    assertThat(ledger.isExhausted()).isFalse();
    ledger.add(notes, 0, VirtualHost.PUBLISH_CREDIT_BYTES, 0);
    ledger.accepted(VirtualHost.PUBLISH_CREDIT_MESSAGES);
    assertThat(ledger.isExhausted()).isTrue();
    ledger.accepted(VirtualHost.PUBLISH_CREDIT_MESSAGES + 1);
    assertThat(ledger.isExhausted()).isFalse();
  }

  @Test
  void number_rejected_twice_counts_once() {
    ledger.add(notes, 1, 10, 5);
    ledger.add(notes, 2, 10, 5);
    assertThat(ledger.rejected(1)).isEqualTo(5);
    assertThat(ledger.rejected(1)).isZero();
    assertThat(ledger.rejected(9)).isZero();
    assertThat(notes.rejected).containsExactly(1L);
  }

  @Test
  void clearing_returns_all_that_is_held() {
    ledger.add(notes, 1, 10, 5);
    ledger.add(notes, 2, 10, 7);
    ledger.rejected(1);
    assertThat(ledger.clear()).isEqualTo(7);
    assertThat(ledger.clear()).isZero();
    assertThat(ledger.publisher(2)).isNull();
  }
}
