package io.correio.server.client;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** What went wrong between this client and the broker, in words for a user. */
public final class ClientException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final int replyCode;

  /** A failure of the network or of the conversation. */
  public ClientException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.replyCode = 0;
  }

  /** A refusal by the broker, with its reply code. */
  public ClientException(int replyCode, String message) {
    super(message);
    this.replyCode = replyCode;
  }

  /** The broker's reply code, such as 404; 0 when the broker said nothing. */
  public int replyCode() {
    return replyCode;
  }
}
