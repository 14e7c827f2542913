package io.correio.server.admin;

import java.io.Serial;

/** A request that cannot be answered as asked; becomes {@code {"error": …, "reason": …}}. */
final class ApiException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final String error;

  /**
   * Creates an exception.
   *
   * @param status of HTTP (RFC 9110, section 15)
   * @param error the kind, one word
   * @param reason cause, object and remedy, in a sentence
   */
  ApiException(int status, String error, String reason) {
    super(reason);
    this.status = status;
    this.error = error;
  }

  static ApiException badRequest(String reason) {
    return new ApiException(400, "bad_request", reason);
  }

  static ApiException notFound(String reason) {
    return new ApiException(404, "not_found", reason);
  }

  static ApiException notAllowed(String method, String path, String allowed) {
    return new ApiException(
        405,
        "method_not_allowed",
        "%s is not possible on %s; use %s".formatted(method, path, allowed));
  }

  int status() {
    return status;
  }

  String error() {
    return error;
  }
}
