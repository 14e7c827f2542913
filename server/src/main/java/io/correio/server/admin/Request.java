package io.correio.server.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks.
 *
 * @param method GET, PUT, POST or DELETE
 * @param path the parts of the path behind {@code /api/}, decoded
 * @param query such as {@code if-empty=true}; empty without one
 * @param user who asks, logged in
 * @param body as it came
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares requests
record Request(String method, List<String> path, String query, String user, byte[] body) {

  /** The decoded parts of a path. An empty part counts, as names may be empty. */
  static List<String> parts(String rawPath) throws ApiException {
    List<String> parts = new ArrayList<>();
    for (String part : rawPath.split("/", -1)) {
      try {
        // URLDecoder is for forms, where a plus is a space; in a path it is a plus.
        parts.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw ApiException.badRequest("'" + part + "' in the path is not percent-encoded");
      }
    }
    return parts;
  }

  /** How many parts the path has. */
  int length() {
    return path.size();
  }

  /** A part of the path. */
  String part(int index) {
    return path.get(index);
  }

  /** The path as a client would write it. */
  String text() {
    return "/api/" + String.join("/", path);
  }

  /** Whether the query sets a flag. */
  boolean flag(String name) {
    return List.of(query.split("&", -1)).contains(name + "=true");
  }

  Map<String, @Nullable Object> object() throws ApiException {
    return Json.object(body);
  }
}
