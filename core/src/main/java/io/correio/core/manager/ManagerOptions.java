package io.correio.core.manager;

import io.correio.core.queue.Fact;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.shard.FatalHandler;
import io.correio.core.shard.ShardOptions;
import io.correio.log.LogOptions;
import io.correio.log.Storage;
import java.io.IOException;
import java.util.List;

/**
 * What a queue manager is made of. Immutable.
 *
 * @param storages opens the folder of a shard's log
 * @param log how the durable logs behave
 * @param scratch how the logs of what is transient behave
 * @param shard limits of each shard
 * @param predeclared exchanges that exist in every virtual host
 * @param defaultVirtualHost name of the virtual host that always exists, on shard 0
 * @param firstIdentities who may do what in a manager that was never started before
 * @param fatal what to do when the disk fails
 */
public record ManagerOptions(
    StorageFactory storages,
    LogOptions log,
    LogOptions scratch,
    ShardOptions shard,
    List<ExchangeDefinition> predeclared,
    String defaultVirtualHost,
    List<Fact.Identity> firstIdentities,
    FatalHandler fatal) {

  /** Opens folders by name. */
  @FunctionalInterface
  public interface StorageFactory {

    /** Opens a folder, creating it where it does not exist. */
    Storage open(String folder) throws IOException;
  }
}
