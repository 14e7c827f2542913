package io.correio.tests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker sees what it is there to see. */
final class HistoryTest {
  private final History history = new History();
  private final MessageId first = new MessageId(0, 0, 1);
  private final MessageId second = new MessageId(0, 0, 2);

  private void confirmBoth() {
    for (MessageId id : List.of(first, second)) {
      history.sent(id);
      history.confirmed(id);
    }
  }

  @Test
  void kept_promises_are_clean() {
    confirmBoth();
    history.delivered(0, first, false);
    history.acknowledging(List.of(first));
    history.settled(List.of(first));
    history.delivered(1, second, true);
    history.acknowledging(List.of(second));
    assertThat(history.owed()).isZero();
    assertThat(history.verdict().isClean()).isTrue();
  }

  @Test
  void unconfirmed_message_may_vanish() {
    history.sent(first);
    assertThat(history.verdict().isClean()).isTrue();
  }

  @Test
  void confirmed_message_that_never_comes_is_lost() {
    confirmBoth();
    history.delivered(0, second, false);
    history.acknowledging(List.of(second));
    assertThat(history.owed()).isEqualTo(1);
    assertThat(history.verdict().lost()).isEqualTo(1);
  }

  @Test
  void delivered_message_that_is_not_acknowledged_and_stays_away_is_lost() {
    confirmBoth();
    history.delivered(0, first, false);
    history.delivered(0, second, false);
    history.acknowledging(List.of(second));
    assertThat(history.verdict().lost()).isEqualTo(1);
  }

  @Test
  void message_that_comes_back_after_its_barrier_is_returned() {
    confirmBoth();
    history.delivered(0, first, false);
    history.acknowledging(List.of(first));
    history.settled(List.of(first));
    history.delivered(1, first, true);
    assertThat(history.verdict().returned()).isEqualTo(1);
  }

  @Test
  void message_that_comes_back_before_its_barrier_is_only_redelivered() {
    confirmBoth();
    history.delivered(0, first, false);
    history.acknowledging(List.of(first));
    history.delivered(1, first, true);
    assertThat(history.owed()).isEqualTo(2);
    history.delivered(1, second, false);
    history.acknowledging(List.of(first, second));
    assertThat(history.verdict().isClean()).isTrue();
    assertThat(history.verdict().redelivered()).isEqualTo(1);
  }

  @Test
  void message_that_comes_twice_in_an_epoch_is_duplicated() {
    confirmBoth();
    history.delivered(0, first, false);
    history.delivered(0, first, true);
    assertThat(history.verdict().duplicated()).isEqualTo(1);
  }

  @Test
  void repeat_without_the_flag_is_unflagged() {
    confirmBoth();
    history.delivered(0, first, false);
    history.delivered(1, first, false);
    assertThat(history.verdict().unflagged()).isEqualTo(1);
  }

  @Test
  void older_message_after_a_newer_one_is_reordered() {
    confirmBoth();
    history.delivered(0, second, false);
    history.delivered(0, first, false);
    assertThat(history.verdict().reordered()).isEqualTo(1);
  }

  @Test
  void what_was_given_back_may_come_again_flagged_and_out_of_order() {
    confirmBoth();
    history.delivered(0, 1, first, false);
    history.delivered(0, 1, second, false);
    history.released(List.of(first));
    history.delivered(0, 1, first, true);
    history.acknowledging(List.of(first, second));
    assertThat(history.verdict().isClean()).isTrue();
    assertThat(history.verdict().redelivered()).isEqualTo(1);
  }

  @Test
  void what_was_given_back_and_comes_again_without_the_flag_is_unflagged_and_reordered() {
    confirmBoth();
    history.delivered(0, 1, second, false);
    history.released(List.of(second));
    history.delivered(0, 1, second, false);
    assertThat(history.verdict().unflagged()).isEqualTo(1);
    assertThat(history.verdict().reordered()).isEqualTo(1);
  }

  @Test
  void excused_messages_may_be_missing_and_no_others() {
    confirmBoth();
    history.excused(id -> id.number() == 1);
    assertThat(history.owed()).isEqualTo(1);
    assertThat(history.verdict().lost()).isEqualTo(1);
  }

  @Test
  void message_that_nobody_sent_is_unknown() {
    history.delivered(0, first, false);
    assertThat(history.verdict().unknown()).isEqualTo(1);
  }

  @Test
  void broken_body_is_noticed() {
    byte[] body = first.body();
    assertThat(MessageId.of(body)).isEqualTo(first);
    body[body.length - 1] ^= 1;
    assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> MessageId.of(body));
  }
}
