package io.correio.server.front.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import io.correio.core.routing.QueueDefinition;
import io.correio.core.routing.RoutingTable;
import io.correio.core.shard.ShardProxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A shard that decides nothing: writes down commands, and emits what the test says. */
public final class FakeShard implements ShardProxy {
  public final List<Command> commands = new ArrayList<>();
  private int seen;
  private @Nullable EffectSink sink;
  public RoutingTable table =
      RoutingTable.of(
          List.of(
              exchange("amq.direct", ExchangeType.DIRECT, false),
              exchange("amq.headers", ExchangeType.HEADERS, false),
              exchange("x", ExchangeType.DIRECT, false),
              exchange("hidden", ExchangeType.DIRECT, true)));

  public static ExchangeDefinition exchange(String name, ExchangeType type, boolean internal) {
    return new ExchangeDefinition(name, type, true, false, internal, Arguments.EMPTY);
  }

  public FakeShard() {
    withQueue(1, "q");
  }

  /** Adds a queue to the routing table. */
  public void withQueue(long id, String name) {
    table = table.withQueue(new QueueDefinition(id, name, true, false, false, Arguments.EMPTY));
  }

  @Override
  public void submit(Command command) {
    if (command instanceof Command.Connect connect) {
      sink = connect.sink();
    }
    commands.add(command);
  }

  @Override
  public RoutingTable routing() {
    return table;
  }

  /** Emits effects and flushes. */
  public void emit(Effect... effects) {
    EffectSink target = sink;
    if (target == null) {
      throw new AssertionError("nobody is connected");
    }
    for (Effect effect : effects) {
      target.emit(effect);
    }
    target.flush();
  }

  /** The next command that no test step has looked at, which must be of this type. */
  public <T extends Command> T next(Class<T> type) {
    assertThat(commands.size()).as("a command %s", type.getSimpleName()).isGreaterThan(seen);
    Command command = commands.get(seen++);
    assertThat(command).isInstanceOf(type);
    return type.cast(command);
  }

  /** Skips commands up to the next of this type. */
  public <T extends Command> T skipTo(Class<T> type) {
    while (seen < commands.size()) {
      Command command = commands.get(seen++);
      if (type.isInstance(command)) {
        return type.cast(command);
      }
    }
    throw new AssertionError("no command " + type.getSimpleName() + " in " + commands);
  }

  /** Nothing was submitted that was not looked at. */
  public void assertNoMore() {
    assertThat(commands.subList(seen, commands.size())).isEmpty();
  }
}
