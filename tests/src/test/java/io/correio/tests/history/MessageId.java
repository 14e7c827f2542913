package io.correio.tests.history;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which message this is: the {@code number}-th of its producer, sent to the {@code queue}-th queue.
 */
public record MessageId(int producer, int queue, long number) {
  private static final Pattern LABEL = Pattern.compile("p(\\d+) q(\\d+) n(\\d+)\n");
  private static final List<Integer> SIZES = List.of(64, 200, 1_000, 5_000);

  /** A body that follows from the id alone, so that a broken one is seen. */
  public byte[] body() {
    byte[] label =
        ("p" + producer + " q" + queue + " n" + number + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] body = Arrays.copyOf(label, SIZES.get((int) (number % SIZES.size())));
    byte[] filler = new byte[body.length - label.length];
    new Random(number * 31 + producer).nextBytes(filler);
    System.arraycopy(filler, 0, body, label.length, filler.length);
    return body;
  }

  /** The id of a body that {@link #body} made. */
  public static MessageId of(byte[] body) {
    String head = new String(body, 0, Math.min(body.length, 60), StandardCharsets.ISO_8859_1);
    Matcher matcher = LABEL.matcher(head);
    if (!matcher.lookingAt()) {
      throw new AssertionError("no message of ours: " + head);
    }
    MessageId id =
        new MessageId(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Long.parseLong(matcher.group(3)));
    if (!Arrays.equals(id.body(), body)) {
      throw new AssertionError("body of " + id + " is not the one that was sent");
    }
    return id;
  }
}
