package io.correio.server.front.amqp10;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.protonj2.engine.AMQPPerformativeEnvelopePool;
import org.apache.qpid.protonj2.engine.Engine;
import org.apache.qpid.protonj2.engine.EngineFactory;
import org.apache.qpid.protonj2.engine.EngineHandler;
import org.apache.qpid.protonj2.engine.EngineHandlerContext;
import org.apache.qpid.protonj2.engine.OutgoingAMQPEnvelope;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Released;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.Disposition;
import org.apache.qpid.protonj2.types.transport.Flow;
import org.apache.qpid.protonj2.types.transport.Performative;
import org.apache.qpid.protonj2.types.transport.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DispositionRangesTest {

  private final List<String> written = new ArrayList<>();
  private final DispositionRanges ranges = new DispositionRanges();
  private final Engine engine = EngineFactory.PROTON.createNonSaslEngine();
  private final AMQPPerformativeEnvelopePool<OutgoingAMQPEnvelope> envelopes =
      AMQPPerformativeEnvelopePool.outgoingEnvelopePool();

  @BeforeEach
  void build() {
    engine
        .pipeline()
        .addFirst(
            "written",
            new EngineHandler() {
              @Override
              public void handleWrite(EngineHandlerContext context, OutgoingAMQPEnvelope envelope) {
                written.add(envelope.getChannel() + " " + shown(envelope.getBody()));
                envelope.release();
              }
            });
    engine.pipeline().addFirst("ranges", ranges);
    engine.outputConsumer(bytes -> {});
    engine.start();
  }

  private static String shown(Performative performative) {
    if (!(performative instanceof Disposition d)) {
      return performative.getClass().getSimpleName();
    }
    return "%s %d-%s %s%s"
        .formatted(
            d.getRole(),
            d.getFirst(),
            d.hasLast() ? d.getLast() : "",
            d.getState().getType(),
            d.getSettled() ? " settled" : "");
  }

  private void write(int channel, Performative performative) {
    engine.pipeline().fireWrite(envelopes.take(performative, channel, null));
  }

  private void dispose(
      int channel, Role role, long delivery, DeliveryState state, boolean settled) {
    write(
        channel,
        new Disposition().setRole(role).setFirst(delivery).setState(state).setSettled(settled));
  }

  private void accept(int channel, long delivery) {
    dispose(channel, Role.RECEIVER, delivery, Accepted.getInstance(), true);
  }

  @Test
  void neighbours_are_accepted_with_one_frame_when_flushed() {
    accept(0, 4);
    accept(0, 5);
    accept(0, 6);
    assertThat(written).isEmpty();
    ranges.flush();
    ranges.flush();
    assertThat(written).containsExactly("0 RECEIVER 4-6 Accepted settled");
  }

  @Test
  void a_single_one_names_no_last() {
    accept(3, 9);
    ranges.flush();
    assertThat(written).containsExactly("3 RECEIVER 9- Accepted settled");
  }

  @Test
  void a_gap_another_channel_and_the_other_role_begin_a_run_of_their_own() {
    accept(0, 1);
    accept(0, 3);
    accept(1, 4);
    dispose(1, Role.SENDER, 5, Accepted.getInstance(), true);
    ranges.flush();
    assertThat(written)
        .containsExactly(
            "0 RECEIVER 1- Accepted settled",
            "0 RECEIVER 3- Accepted settled",
            "1 RECEIVER 4- Accepted settled",
            "1 SENDER 5- Accepted settled");
  }

  @Test
  void whatever_else_is_written_comes_behind_the_run() {
    accept(0, 1);
    accept(0, 2);
    write(0, new Flow());
    accept(0, 3);
    dispose(0, Role.RECEIVER, 4, Released.getInstance(), true);
    dispose(0, Role.RECEIVER, 5, Accepted.getInstance(), false);
    assertThat(written)
        .containsExactly(
            "0 RECEIVER 1-2 Accepted settled",
            "0 Flow",
            "0 RECEIVER 3- Accepted settled",
            "0 RECEIVER 4- Released settled",
            "0 RECEIVER 5- Accepted");
  }

  @Test
  void a_run_goes_on_over_the_end_of_the_serial_numbers() {
    accept(0, 0xFFFF_FFFEL);
    accept(0, 0xFFFF_FFFFL);
    accept(0, 0);
    ranges.flush();
    assertThat(written).containsExactly("0 RECEIVER 4294967294-0 Accepted settled");
  }
}
