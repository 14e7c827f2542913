package io.correio.core.filter;

import io.correio.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Looks into messages for the core, which knows no format: implemented by who knows them all. Reads
 * no clock, and gives the same for the same message always. Thread-safe.
 */
public interface MessageReader {

  /** One that finds nothing in any message. */
  MessageReader NOTHING =
      new MessageReader() {
        @Override
        public PropertySource properties(Message message) {
          return name -> null;
        }

        @Override
        public @Nullable String group(Message message) {
          return null;
        }
      };

  /** What selectors may ask for. Used at once, by one thread. */
  PropertySource properties(Message message);

  /** The group that the message belongs to; null for none. */
  @Nullable String group(Message message);
}
