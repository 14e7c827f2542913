package io.correio.server.front.amqp10;

import io.correio.core.message.Arguments;
import io.correio.server.front.content.Amqp10Message;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to the management node: HTTP in the properties of a message. Immutable.
 *
 * <pre>
 *   message-id  comes back as the answer's correlation-id
 *   subject     GET, PUT, POST or DELETE
 *   to          /queues/:queue, still percent-encoded, with ?name=value&amp;… where there is a query
 *   reply-to    $me: the other link of the pair
 *   body        a value: a map, or null
 * </pre>
 *
 * @param id null when the request has none
 * @param path the segments, percent-encoded
 * @param query decoded
 * @param body empty when it is null
 */
record ManagementCall(
    @Nullable Object id,
    String method,
    List<String> path,
    Map<String, String> query,
    Map<String, @Nullable Object> body) {

  static final String REPLY_TO = "$me";

  /**
   * Why a request is not done.
   *
   * <p>Thrown while it is looked at; the answer is made of it.
   */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Failure(int status, String text) {
      super(text, null, false, false);
      this.status = status;
    }

    int status() {
      return status;
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * Reads a request.
   *
   * @throws Failure 400 when it is no request
   */
  static ManagementCall read(Amqp10Message message) throws Failure {
    String to = message.to();
    String method = message.subject();
    if (to == null || method == null || !to.startsWith("/")) {
      throw bad("a request has a path in 'to' and GET, PUT, POST or DELETE as its subject");
    }
    if (!REPLY_TO.equals(message.replyTo())) {
      throw bad("answers go to the other link of the pair: set reply-to to " + REPLY_TO);
    }
    int mark = to.indexOf('?');
    List<String> path =
        List.of((mark < 0 ? to : to.substring(0, mark)).substring(1).split("/", -1));
    return new ManagementCall(
        message.messageId(),
        method,
        path,
        mark < 0 ? Map.of() : query(to.substring(mark + 1)),
        ManagementValues.body(message));
  }

  private static Map<String, String> query(String text) throws Failure {
    Map<String, String> query = new HashMap<>();
    for (String part : text.split("&", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        query.put(
            decoded(part.substring(0, equals)),
            decoded(part.substring(equals + 1).replace("+", "%20")));
      }
    }
    return query;
  }

  static Failure bad(String text) {
    return new Failure(400, text);
  }

  /** A segment without its percent-encoding. */
  static String decoded(String segment) throws Failure {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw bad("'" + segment + "' is not percent-encoded text");
    }
  }

  /** The name in a segment of the path. */
  String name(int place) throws Failure {
    return decoded(path.get(place));
  }

  /** Checks that the body says nothing but this. */
  void checkFields(Set<String> known) throws Failure {
    for (String field : body.keySet()) {
      if (!known.contains(field)) {
        throw bad(
            "the field '%s' is none of %s".formatted(field, known.stream().sorted().toList()));
      }
    }
  }

  boolean flag(String field, boolean otherwise) throws Failure {
    return switch (body.get(field)) {
      case null -> otherwise;
      case Boolean value -> value;
      default -> throw bad("the field '" + field + "' is true or false");
    };
  }

  String text(String field, @Nullable String otherwise) throws Failure {
    Object value = body.get(field);
    if (value == null && otherwise != null) {
      return otherwise;
    }
    if (value instanceof String text) {
      return text;
    }
    throw bad("the field '" + field + "' is a string");
  }

  Arguments arguments() throws Failure {
    return switch (body.get("arguments")) {
      case null -> Arguments.EMPTY;
      case Arguments arguments -> arguments;
      default -> throw bad("the field 'arguments' is a map");
    };
  }
}
