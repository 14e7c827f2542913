package io.correio.server.front.content;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.jspecify.annotations.NullUnmarked;

/** An encoded message's sections as another implementation reads them; null where there is none. */
@NullUnmarked
final class Sections {
  Header header;
  Map<Symbol, Object> annotations;
  Properties properties;
  Map<String, Object> applicationProperties;
  final List<Object> body = new ArrayList<>();

  Sections(byte[] encoded) {
    for (Object section : Proton.decode(encoded)) {
      switch (section) {
        case Header value -> header = value;
        case MessageAnnotations value -> annotations = value.getValue();
        case Properties value -> properties = value;
        case ApplicationProperties value -> applicationProperties = value.getValue();
        default -> body.add(section);
      }
    }
  }
}
