package io.correio.server.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one login by SCRAM (RFC 5802, section 5), without channel binding. Owned by
 * the connection's loop; nothing in it is slow, since the client does the slow hash.
 *
 * <pre>
 *   client                                        server
 *     n,,n=USER,r=NONCE              ──▶  FIRST
 *                                    ◀──          r=NONCE+ours,s=SALT,i=ROUNDS
 *     c=biws,r=NONCE+ours,p=PROOF    ──▶  FINAL
 *                                    ◀──          v=SIGNATURE, or refused
 *                                         DONE
 * </pre>
 *
 * A user who does not exist, may not log in from there, or has no keys of this hash gets the same
 * answers, with a salt that stays the same; the refusal comes at the end.
 */
public final class ScramExchange {

  /** The longest message that is looked at. */
  static final int MAX_MESSAGE_BYTES = 4_096;

  private static final int NONCE_BYTES = 18;
  private static final int MAX_NONCE_LENGTH = 256;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What a message of the client leads to. */
  public sealed interface Step {}

  /** The client is to answer this. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Challenge(byte[] message) implements Step {}

  /** The client is who it says, and is told by this that the server is, too. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Accepted(String user, byte[] message) implements Step {}

  /** The login failed; the reason is for the log, not for the peer. */
  public record Refused(String user, String reason) implements Step {}

  /**
   * What the server knows of a user.
   *
   * @param refusal why no proof is right, or null; then the keys are a decoy
   */
  record Known(ScramKeys keys, @Nullable String refusal) {}

  private enum State {
    FIRST,
    FINAL,
    DONE
  }

  private final ScramHash hash;
  private final Function<String, Known> lookUp;
  private final String ownNonce;
  private State state = State.FIRST;
  private String user = "";
  private String gs2Header = "";
  private String clientFirst = "";
  private String serverFirst = "";
  private String nonce = "";
  private @Nullable Known known;

  ScramExchange(ScramHash hash, Function<String, Known> lookUp) {
    this(hash, lookUp, freshNonce());
  }

  /** With a nonce that a test knows. */
  ScramExchange(ScramHash hash, Function<String, Known> lookUp, String ownNonce) {
    this.hash = hash;
    this.lookUp = lookUp;
    this.ownNonce = ownNonce;
  }

  private static String freshNonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Takes the client's next message. After anything but a challenge it takes no more. */
  public Step respond(byte[] message) {
    State now = state;
    state = State.DONE;
    String text = text(message);
    Known found = known;
    if (text == null) {
      return refused("a message that is too long, or not UTF-8");
    }
    if (now == State.FIRST) {
      return onFirst(text);
    }
    return now == State.FINAL && found != null
        ? onFinal(text, found)
        : refused("a message after the exchange was over");
  }

  private static @Nullable String text(byte[] message) {
    if (message.length > MAX_MESSAGE_BYTES) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private Refused refused(String reason) {
    return new Refused(user, reason);
  }

  private Step onFirst(String text) {
    if (!text.startsWith("n,") && !text.startsWith("y,")) {
      return refused("it wants channel binding, which was not offered, or no SCRAM message");
    }
    int comma = text.indexOf(',', 2);
    if (comma < 0) {
      return refused("a first message without a user");
    }
    String actAs = text.substring(2, comma);
    gs2Header = text.substring(0, comma + 1);
    clientFirst = text.substring(comma + 1);
    String[] attributes = clientFirst.split(",", -1);
    String name = attributes.length < 2 ? null : name(attributes[0]);
    if (name == null || !attributes[1].startsWith("r=") || !isNonce(attributes[1].substring(2))) {
      return refused("a first message without user and nonce, or with an extension it requires");
    }
    user = name;
    if (!actAs.isEmpty() && !actAs.equals("a=" + attributes[0].substring(2))) {
      return refused("nobody may act as somebody else");
    }
    Known found = lookUp.apply(name);
    known = found;
    nonce = attributes[1].substring(2) + ownNonce;
    serverFirst =
        "r=%s,s=%s,i=%d"
            .formatted(
                nonce,
                Base64.getEncoder().encodeToString(found.keys().salt()),
                found.keys().iterations());
    state = State.FINAL;
    return new Challenge(serverFirst.getBytes(StandardCharsets.UTF_8));
  }

  /** The user in {@code n=...}, in which = and , are escaped; null when it is something else. */
  private static @Nullable String name(String attribute) {
    if (!attribute.startsWith("n=") || attribute.length() == 2) {
      return null;
    }
    String escaped = attribute.substring(2);
    String rest = escaped.replace("=2C", "").replace("=3D", "");
    return rest.indexOf('=') >= 0 || rest.indexOf('\0') >= 0
        ? null
        : escaped.replace("=2C", ",").replace("=3D", "=");
  }

  private static boolean isNonce(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_NONCE_LENGTH
        && text.chars().allMatch(character -> character > 0x20 && character < 0x7f);
  }

  private Step onFinal(String text, Known found) {
    int end = text.lastIndexOf(",p=");
    if (end < 0) {
      return refused("a last message without proof");
    }
    String withoutProof = text.substring(0, end);
    String[] attributes = withoutProof.split(",", -1);
    byte[] proof;
    byte[] binding;
    try {
      proof = Base64.getDecoder().decode(text.substring(end + 3));
      binding = Base64.getDecoder().decode(value("c=", attributes, 0));
    } catch (IllegalArgumentException e) {
      return refused("a last message that is not Base64 where it should be");
    }
    if (!gs2Header.equals(new String(binding, StandardCharsets.UTF_8))) {
      return refused("its last message has another header than its first");
    }
    if (!nonce.equals(value("r=", attributes, 1))) {
      return refused("its last message has another nonce: an old one, or somebody else's");
    }
    String signed = clientFirst + "," + serverFirst + "," + withoutProof;
    byte[] signature = hash.hmac(found.keys().storedKey(), signed);
    byte[] clientKey = new byte[hash.bytes()];
    for (int i = 0; i < clientKey.length && proof.length == clientKey.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ signature[i]);
    }
    boolean right = MessageDigest.isEqual(hash.hash(clientKey), found.keys().storedKey());
    String refusal = found.refusal();
    if (refusal != null || !right) {
      return refused(refusal == null ? "check user and password" : refusal);
    }
    String verifier =
        "v=" + Base64.getEncoder().encodeToString(hash.hmac(found.keys().serverKey(), signed));
    return new Accepted(user, verifier.getBytes(StandardCharsets.UTF_8));
  }

  private static String value(String name, String[] attributes, int place) {
    return place < attributes.length && attributes[place].startsWith(name)
        ? attributes[place].substring(name.length())
        : "";
  }
}
